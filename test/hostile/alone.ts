import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { complaints, mostBytes, mostMs } from './commands.ts'

const projectDir = join(import.meta.dirname, '../..')

/** Runs a command line in a process of its own. What is wrong with it; empty where nothing is. */
export const runAlone = (args: string[], at: { cwd: string; reportFile: string }): string[] => {
  rmSync(at.reportFile, { force: true })
  const node = ['--max-semi-space-size=4', '--import', join(import.meta.dirname, 'preload.ts')]
  const { status, signal, stdout, stderr } = spawnSync(
    process.execPath,
    [...node, join(projectDir, 'scripts/main.ts'), ...args],
    {
      // One that waits for ever takes no time on a processor.
      ...{ cwd: at.cwd, encoding: 'utf8', timeout: 6 * mostMs, killSignal: 'SIGKILL', maxBuffer: 1 << 26 },
      env: { ...process.env, HOLDFAST_HOSTILE_REPORT: at.reportFile },
    },
  )
  if (!existsSync(at.reportFile)) return [`${args.join(' ')}: was ended by ${signal ?? 'itself'}`]
  const { tries, bytes, cpuMs } = JSON.parse(readFileSync(at.reportFile, 'utf8')) as Report
  return [
    ...complaints({ args, code: status ?? undefined, stdout, stderr, cpuMs }),
    ...tries.map((what) => `${args.join(' ')}: tried ${what}`),
    ...(bytes <= mostBytes ? [] : [`${args.join(' ')}: took ${(bytes / 1e6).toFixed(0)} MB`]),
  ]
}

/** What `preload.ts` writes. */
interface Report {
  tries: string[]
  bytes: number
  cpuMs: number
}
