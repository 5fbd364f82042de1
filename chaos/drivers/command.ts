import { type ChildProcess, spawn } from 'node:child_process'
import { HoldfastError, messageOf } from '../../model/errors.ts'
import type { CommandLine, Injection } from '../../model/fault.ts'
import type { Driver } from './driver.ts'
import { openOutput } from './output-file.ts'
import { killProcessTree } from './process-tree.ts'
import { type Evidence, lookUntil } from './wait.ts'

const confirmDeadlineMs = 15_000
const mostOutputBytes = 64 * 2 ** 20
/** Time in which a program that is killed must have ended; what may not be killed (sudo) holds up nobody for longer. */
const killGraceMs = 2_000

/**
 * Any step of a runbook: `inject`, `probe`, `undo`, each a program with its arguments, no shell. The
 * probe ends with 0 while the fault is active and with another code when it is gone. Without `undo` it is a one-shot.
 */
export const commandDriver: Driver<Extract<Injection, { driver: 'command' }>> = ({ inject, probe, undo }, context) => {
  const env = context.commandEnv
  const look = askProbe(probe, context.probeEnv)
  const mustSucceed = async (command: CommandLine, step: string, signal?: AbortSignal): Promise<void> => {
    const onStarted = (pid: number) => context.commandRuns?.(step, pid)
    const { exitCode, text } = await runCommand(command, { env, ...(signal && { signal }), onStarted })
    if (exitCode === 0) return
    throw new HoldfastError(`${step} command "${command.argv.join(' ')}" failed: ${text}`, {
      hint: 'Run it by hand to see why.',
    })
  }
  const until = (wanted: boolean, signal?: AbortSignal) =>
    lookUntil(() => look(wanted, signal), { deadlineMs: confirmDeadlineMs, everyMs: 200, signal })
  const common = { touches: () => [], checkBy: [probe.argv.join(' ')] }
  if (undo === undefined) {
    let seen: Promise<Evidence> | undefined
    return {
      // What is so already proves nothing afterwards: the mark of an earlier run, a probe that always ends with 0.
      prepare: async () => {
        const { ok, text } = await look(false)
        if (ok) return
        throw new HoldfastError(`its probe does not say that it has not happened before the injection: ${text}`, {
          hint: 'It must end with 0 when the step has happened, and with another code before.',
        })
      },
      inject: async (signal) => {
        const failing = new AbortController()
        // Whatever starts it again may be quick: the probe is asked from the beginning.
        seen = until(true, signal === undefined ? failing.signal : AbortSignal.any([signal, failing.signal]))
        try {
          await mustSucceed(inject, 'inject', signal)
        } catch (error) {
          failing.abort()
          throw error
        }
      },
      confirmActive: async (signal) => {
        const before = await seen
        return before?.ok ? before : await until(true, signal)
      },
      ...common,
    }
  }
  return {
    inject: (signal) => mustSucceed(inject, 'inject', signal),
    confirmActive: (signal) => until(true, signal),
    stillActive: askWhetherActive(probe, context.probeEnv),
    undo: () => mustSucceed(undo, 'undo'),
    confirmRemoved: () => until(false),
    removalMs: longestMs(undo) + confirmDeadlineMs + longestMs(probe),
    ...common,
  }
}

/** Until its result is there, also where it may not be killed. */
const longestMs = ({ timeoutMs }: CommandLine): number => timeoutMs + killGraceMs

/** Asks a probe whether the fault is active, or gone: `ok` when it says so. Ended when the signal aborts. */
export const askProbe =
  (probe: CommandLine, env: NodeJS.ProcessEnv) =>
  async (wanted: boolean, signal?: AbortSignal): Promise<Evidence> => {
    const { exitCode, text } = await runCommand(probe, { env, ...(signal && { signal }) })
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
 * halfway. One that takes too long is killed with everything below it and all that it has put into the
 * background, and waited for no longer where that is not allowed. Never throws.
 */
export const runCommand = (
  { argv, timeoutMs }: CommandLine,
  options: {
    env?: NodeJS.ProcessEnv
    signal?: AbortSignal
    /** Told its pid at once; what it returns is told of its end. */
    onStarted?: (pid: number) => ((exitCode: number | null) => void) | undefined
  } = {},
): Promise<CommandResult> =>
  new Promise((resolve) => {
    if (options.signal?.aborted) return resolve({ exitCode: null, text: 'not started: the run was stopped' })
    const [file = '', ...args] = argv
    const out = openOutput()
    const err = openOutput()
    const close = () => {
      out?.close()
      err?.close()
    }
    let child: ChildProcess
    try {
      child = spawn(file, args, {
        detached: true,
        stdio: ['ignore', out?.fd ?? 'ignore', err?.fd ?? 'ignore'],
        ...(options.env && { env: options.env }),
      })
    } catch (error) {
      // Some errors come at once: no program named, too many arguments.
      close()
      return resolve({ exitCode: null, text: messageOf(error) })
    }
    const onEnded = child.pid === undefined ? undefined : options.onStarted?.(child.pid)
    let why: string | null = null
    let grace: NodeJS.Timeout | undefined
    const kill = (reason: string) => {
      const { pid } = child
      if (why !== null || pid === undefined) return
      why = reason
      killProcessTree(pid)
        .catch((error) => {
          why = `${reason}; not all of it could be killed (${messageOf(error)})`
        })
        .finally(() => killGroup(pid))
      grace = setTimeout(() => finish(null, `${why}; it is still there`), killGraceMs)
    }
    const stop = () => kill('ended, since the run was stopped')
    const timer = setTimeout(() => kill(`took longer than ${timeoutMs} ms`), timeoutMs)
    const watch = setInterval(() => {
      if ((out?.bytes() ?? 0) + (err?.bytes() ?? 0) > mostOutputBytes) kill('wrote more than 64 MiB')
    }, 500)
    options.signal?.addEventListener('abort', stop)
    let isOver = false
    const finish = (exitCode: number | null, text: string) => {
      clearTimeout(timer)
      clearTimeout(grace)
      clearInterval(watch)
      options.signal?.removeEventListener('abort', stop)
      if (isOver) return
      isOver = true
      close()
      onEnded?.(exitCode)
      resolve({ exitCode, text })
    }
    child.on('error', (error) => finish(null, error.message))
    child.on('exit', (code, signal) => {
      if (isOver) return
      const words = (err?.lastLine() || out?.lastLine() || '').slice(0, 200)
      if (why !== null) finish(null, why)
      else finish(code, `${code === null ? `ended by ${signal}` : `exit ${code}`} ${words}`.trim())
    })
  })

/** What is left of the group that it leads: children whose parent has ended are in no tree. */
const killGroup = (pid: number): void => {
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // Gone, or another user's: the result of the command says that something was not killed.
  }
}
