import { type ChildProcessByStdio, spawn } from 'node:child_process'
import type { Readable } from 'node:stream'
import { HoldfastError, messageOf } from '../../model/errors.ts'
import type { CommandLine, Injection } from '../../model/fault.ts'
import type { Driver } from './driver.ts'
import { killProcessTree } from './process-tree.ts'
import { type Evidence, lookUntil } from './wait.ts'

const confirmDeadlineMs = 15_000
/** Time for the last output of a program that has ended; what it left in the background may hold the pipe for ever. */
const lastWordsMs = 200
const keptCharacters = 10_000
/** Time in which a program that is killed must have ended; what may not be killed (sudo) holds up nobody for longer. */
const killGraceMs = 2_000

/**
 * Any step of a runbook: `inject`, `probe`, `undo`, each a program with its arguments, no shell. The
 * probe ends with 0 while the fault is active and with another code when it is gone.
 */
export const commandDriver: Driver<Extract<Injection, { driver: 'command' }>> = ({ inject, probe, undo }, context) => {
  const env = context.commandEnv
  const look = askProbe(probe, env)
  const mustSucceed = async (command: CommandLine, step: string, signal?: AbortSignal): Promise<void> => {
    const { exitCode, text } = await runCommand(command, { env, ...(signal && { signal }) })
    if (exitCode === 0) return
    throw new HoldfastError(`${step} command "${command.argv.join(' ')}" failed: ${text}`, {
      hint: 'Run it by hand to see why.',
    })
  }
  return {
    inject: (signal) => mustSucceed(inject, 'inject', signal),
    confirmActive: (signal) => lookUntil(() => look(true), { deadlineMs: confirmDeadlineMs, everyMs: 200, signal }),
    stillActive: askWhetherActive(probe, env),
    undo: () => mustSucceed(undo, 'undo'),
    confirmRemoved: () => lookUntil(() => look(false), { deadlineMs: confirmDeadlineMs, everyMs: 200 }),
    removalMs: longestMs(undo) + confirmDeadlineMs + longestMs(probe),
    touches: () => [],
    checkBy: [probe.argv.join(' ')],
  }
}

/** Until its result is there, also where it may not be killed. */
const longestMs = ({ timeoutMs }: CommandLine): number => timeoutMs + killGraceMs + lastWordsMs

/** Asks a probe whether the fault is active, or gone: `ok` when it says so. */
export const askProbe =
  (probe: CommandLine, env: NodeJS.ProcessEnv) =>
  async (wanted: boolean): Promise<Evidence> => {
    const { exitCode, text } = await runCommand(probe, { env })
    return {
      ok: (exitCode === 0) === wanted && exitCode !== null,
      text: `probe ${probe.argv.join(' ')}: ${text}`,
    }
  }

/** The same while the fault is held: null where the probe gives no answer (it hangs, or is told to stop). */
export const askWhetherActive =
  (probe: CommandLine, env: NodeJS.ProcessEnv) =>
  async (signal: AbortSignal): Promise<Evidence | null> => {
    const { exitCode, text } = await runCommand(probe, { env, signal })
    return exitCode === null ? null : { ok: exitCode === 0, text: `probe ${probe.argv.join(' ')}: ${text}` }
  }

export interface CommandResult {
  /** Null when it could not be run, was ended by a signal or took too long. */
  exitCode: number | null
  /** How it ended, with its last line of output. */
  text: string
}

/**
 * Runs a program to its end. It leads a session of its own: Ctrl-C in a terminal must not end an undo
 * halfway. One that takes too long is killed with everything below it, and waited for no longer where that
 * is not allowed. Never throws.
 */
export const runCommand = (
  { argv, timeoutMs }: CommandLine,
  options: { env?: NodeJS.ProcessEnv; signal?: AbortSignal } = {},
): Promise<CommandResult> =>
  new Promise((resolve) => {
    if (options.signal?.aborted) return resolve({ exitCode: null, text: 'not started: the run was stopped' })
    const [file = '', ...args] = argv
    let child: ChildProcessByStdio<null, Readable, Readable>
    try {
      child = spawn(file, args, {
        detached: true,
        stdio: ['ignore', 'pipe', 'pipe'],
        ...(options.env && { env: options.env }),
      })
    } catch (error) {
      // Some errors come at once: no program named, too many arguments.
      return resolve({ exitCode: null, text: messageOf(error) })
    }
    const said = { out: '', err: '' }
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      said.out = (said.out + text).slice(-keptCharacters)
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said.err = (said.err + text).slice(-keptCharacters)
    })
    let why: string | null = null
    let grace: NodeJS.Timeout | undefined
    const kill = (reason: string) => {
      const { pid } = child
      if (why !== null || pid === undefined) return
      why = reason
      killProcessTree(pid).catch((error) => {
        why = `${reason}; not all of it could be killed (${messageOf(error)})`
        killGroup(pid)
      })
      grace = setTimeout(() => finish(null, `${why}; it is still there`), killGraceMs)
    }
    const stop = () => kill('ended, since the run was stopped')
    const timer = setTimeout(() => kill(`took longer than ${timeoutMs} ms`), timeoutMs)
    options.signal?.addEventListener('abort', stop)
    const finish = (exitCode: number | null, text: string) => {
      clearTimeout(timer)
      clearTimeout(grace)
      options.signal?.removeEventListener('abort', stop)
      child.stdout.destroy()
      child.stderr.destroy()
      resolve({ exitCode, text })
    }
    child.on('error', (error) => finish(null, error.message))
    child.on('exit', (code, signal) => {
      const end = () => {
        const words = (said.err || said.out).trim().split('\n').at(-1)?.slice(0, 200) ?? ''
        if (why !== null) finish(null, why)
        else finish(code, `${code === null ? `ended by ${signal}` : `exit ${code}`} ${words}`.trim())
      }
      const late = setTimeout(end, lastWordsMs)
      child.on('close', () => {
        clearTimeout(late)
        end()
      })
    })
  })

/** Of what is left of a tree that may not be killed as a whole: whatever may. */
const killGroup = (pid: number): void => {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // Gone, or another user's: the result of the command says that something was not killed.
  }
}
