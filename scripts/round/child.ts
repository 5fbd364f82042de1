import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { projectDir } from '../project.ts'

/** What a `holdfast run` of its own left. */
export interface ChildEnd {
  /** Null when it was ended by a signal. */
  code: number | null
  stdout: string
  /** What it told about its progress, and its errors. */
  stderr: string
  tookTooLong: boolean
}

/**
 * `holdfast run ... --json` as a process of its own: what ends one run ends no other. It hears of a signal, and
 * ends by itself as it always does: faults first. The same happens to one that goes on for far too long.
 */
export const runChild = async (args: string[], stop: AbortSignal, mostMs: number): Promise<ChildEnd> => {
  const command = ['--max-semi-space-size=4', join(projectDir, 'scripts/holdfast.ts'), 'run', ...args, '--json']
  const { GITHUB_STEP_SUMMARY: _, ...env } = process.env // the round writes one summary for all
  const child = spawn(process.execPath, command, { env, stdio: ['ignore', 'pipe', 'pipe'] })
  const end: ChildEnd = { code: null, stdout: '', stderr: '', tookTooLong: false }
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    end.stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    end.stderr += text
  })
  const interrupt = () => void child.kill('SIGINT')
  stop.addEventListener('abort', interrupt, { once: true })
  const late = setTimeout(() => {
    end.tookTooLong = true
    child.kill('SIGTERM')
  }, mostMs)
  try {
    end.code = await new Promise((resolve, reject) => {
      child.on('error', reject)
      child.on('close', resolve)
    })
    return end
  } finally {
    clearTimeout(late)
    stop.removeEventListener('abort', interrupt)
  }
}
