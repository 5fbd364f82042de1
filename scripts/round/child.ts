import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { projectDir } from '../project.ts'

/** What a `holdfast run` of its own left. */
export interface ChildEnd {
  /** Null when it was ended by a signal. */
  code: number | null
  signal: NodeJS.Signals | null
  stdout: string
  /** What it told about its progress, and its errors. */
  stderr: string
  tookTooLong: boolean
}

/** As long as `holdfast stop` waits for an undo. */
const undoMs = 120_000

/** `holdfast run ... --json` as a process of its own: what ends one run ends no other. */
export const runChild = (args: string[], stop: AbortSignal, mostMs: number): Promise<ChildEnd> => {
  const command = ['--max-semi-space-size=4', join(projectDir, 'scripts/holdfast.ts'), 'run', ...args, '--json']
  return runNode(command, stop, { mostMs, undoMs })
}

/**
 * A run hears of a signal, and ends by itself as it always does: faults first. The same happens to one that goes on
 * for far too long. One that is too stuck to hear that is killed, and its watchdog undoes what it had begun.
 */
export const runNode = async (
  command: string[],
  stop: AbortSignal,
  { mostMs, undoMs }: { mostMs: number; undoMs: number },
): Promise<ChildEnd> => {
  const { GITHUB_STEP_SUMMARY: _, ...env } = process.env // the round writes one summary for all
  const child = spawn(process.execPath, command, { env, stdio: ['ignore', 'pipe', 'pipe'] })
  const end: ChildEnd = { code: null, signal: null, stdout: '', stderr: '', tookTooLong: false }
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    end.stdout += text
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    end.stderr += text
  })
  const interrupt = () => void child.kill('SIGINT')
  stop.addEventListener('abort', interrupt, { once: true })
  let late = setTimeout(() => {
    end.tookTooLong = true
    child.kill('SIGTERM')
    late = setTimeout(() => child.kill('SIGKILL'), undoMs)
  }, mostMs)
  try {
    await new Promise<void>((resolve, reject) => {
      child.on('error', reject)
      child.on('close', (code, signal) => {
        end.code = code
        end.signal = signal
        resolve()
      })
    })
    return end
  } finally {
    clearTimeout(late)
    stop.removeEventListener('abort', interrupt)
  }
}
