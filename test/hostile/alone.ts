import { spawnSync } from 'node:child_process'
import { readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { complaints, mostBytes, mostMs } from './commands.ts'

const projectDir = join(import.meta.dirname, '../..')

/** Runs a command line in a process of its own. What is wrong with it; empty where nothing is. */
export const runAlone = (args: string[], at: { cwd: string; reportFile: string }): string[] => {
  const startedAt = performance.now()
  const node = ['--max-semi-space-size=4', '--import', join(import.meta.dirname, 'preload.ts')]
  const { status, signal, stdout, stderr } = spawnSync(
    process.execPath,
    [...node, join(projectDir, 'scripts/main.ts'), ...args],
    {
      ...{ cwd: at.cwd, encoding: 'utf8', timeout: 2 * mostMs, killSignal: 'SIGKILL', maxBuffer: 1 << 26 },
      env: { ...process.env, HOLDFAST_HOSTILE_REPORT: at.reportFile },
    },
  )
  const wrong = complaints({
    args,
    code: status ?? signal ?? undefined,
    stdout,
    stderr,
    ms: performance.now() - startedAt,
  })
  try {
    const { tries, bytes } = JSON.parse(readFileSync(at.reportFile, 'utf8')) as { tries: string[]; bytes: number }
    wrong.push(...tries.map((what) => `${args.join(' ')}: tried ${what}`))
    if (!(bytes <= mostBytes)) wrong.push(`${args.join(' ')}: took ${(bytes / 1e6).toFixed(0)} MB`)
  } catch {
    wrong.push(`${args.join(' ')}: ended without a word of its memory`)
  }
  rmSync(at.reportFile, { force: true })
  return wrong
}
