import { execFile } from 'node:child_process'
import { HoldfastError } from '../../model/errors.ts'
import type { CommandLine, Injection } from '../../model/fault.ts'
import type { Driver } from './driver.ts'
import { type Evidence, lookUntil } from './wait.ts'

const confirmDeadlineMs = 15_000

/**
 * Any step of a runbook: `inject`, `probe`, `undo`, each a program with its arguments, no shell. The
 * probe ends with 0 while the fault is active and with another code when it is gone.
 */
export const commandDriver: Driver<Extract<Injection, { driver: 'command' }>> = ({ inject, probe, undo }) => {
  const look = async (wanted: boolean): Promise<Evidence> => {
    const result = await runCommand(probe)
    return {
      ok: (result.exitCode === 0) === wanted && result.exitCode !== null,
      text: `probe ${probe.argv.join(' ')}: ${result.text}`,
    }
  }
  return {
    inject: () => mustSucceed(inject, 'inject'),
    confirmActive: () => lookUntil(() => look(true), { deadlineMs: confirmDeadlineMs, everyMs: 200 }),
    undo: () => mustSucceed(undo, 'undo'),
    confirmRemoved: () => lookUntil(() => look(false), { deadlineMs: confirmDeadlineMs, everyMs: 200 }),
    touches: () => [],
    checkBy: [probe.argv.join(' ')],
  }
}

const mustSucceed = async (command: CommandLine, step: string): Promise<void> => {
  const { exitCode, text } = await runCommand(command)
  if (exitCode !== 0) {
    throw new HoldfastError(`${step} command "${command.argv.join(' ')}" failed: ${text}`, {
      hint: 'Run it by hand to see why.',
    })
  }
}

/** Runs a program to its end; exitCode is null when it could not be run, was killed or took too long. */
export const runCommand = ({ argv, timeoutMs }: CommandLine): Promise<{ exitCode: number | null; text: string }> =>
  new Promise((resolve) => {
    const [file = '', ...args] = argv
    execFile(file, args, { timeout: timeoutMs, killSignal: 'SIGKILL', maxBuffer: 1 << 20 }, (error, stdout, stderr) => {
      const said = (stderr || stdout).trim().split('\n').at(-1)?.slice(0, 200) ?? ''
      if (error === null) return resolve({ exitCode: 0, text: `exit 0 ${said}`.trim() })
      if (error.killed) return resolve({ exitCode: null, text: `took longer than ${timeoutMs} ms` })
      if (typeof error.code === 'number')
        return resolve({ exitCode: error.code, text: `exit ${error.code} ${said}`.trim() })
      resolve({ exitCode: null, text: error.message })
    })
  })
