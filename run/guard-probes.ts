import { runCommand } from '../chaos/drivers/command.ts'
import type { Guard } from '../model/gameday.ts'
import { connectionError } from './connection-error.ts'

/** A guard that asks something outside the load: an address, or a program of the user's. */
export type ProbeGuard = Extract<Guard, { kind: 'http' | 'command' }>

const everyMs = 1_000
/** A probe that hangs is a probe that fails. */
const timeoutMs = 5_000

/**
 * Asks each probe once a second, never twice at a time. What a probe last said stays until its next
 * answer; before its first answer nothing is known, and nothing trips.
 */
export class GuardProbes {
  #failures = new Map<ProbeGuard, string | null>()
  #timers: NodeJS.Timeout[] = []
  #env: NodeJS.ProcessEnv
  #stopping = new AbortController()

  /** @param env of the programs, with the mark of the run */
  constructor(guards: Guard[], env: NodeJS.ProcessEnv) {
    this.#env = env
    for (const guard of guards) {
      if (guard.kind === 'http' || guard.kind === 'command') this.#failures.set(guard, null)
    }
  }

  start(): void {
    for (const guard of this.#failures.keys()) this.#ask(guard)
  }

  /** Ends what is being asked, too. */
  stop(): void {
    this.#stopping.abort()
    for (const timer of this.#timers) clearTimeout(timer)
    this.#failures.clear()
  }

  /** Why the probe fails now; null when it does not. */
  failure(guard: ProbeGuard): string | null {
    return this.#failures.get(guard) ?? null
  }

  #ask(guard: ProbeGuard): void {
    const askedAtMs = Date.now()
    void probe(guard, this.#env, this.#stopping.signal).then((failure) => {
      if (!this.#failures.has(guard)) return
      this.#failures.set(guard, failure)
      this.#timers.push(setTimeout(() => this.#ask(guard), Math.max(0, askedAtMs + everyMs - Date.now())))
    })
  }
}

/** What is wrong, or null. Never rejects. */
const probe = async (guard: ProbeGuard, env: NodeJS.ProcessEnv, stopping: AbortSignal): Promise<string | null> => {
  if (guard.kind === 'command') {
    const { exitCode, text } = await runCommand({ argv: guard.argv, timeoutMs }, { env, signal: stopping })
    return exitCode === 0 ? null : text
  }
  try {
    const signal = AbortSignal.any([stopping, AbortSignal.timeout(timeoutMs)])
    const response = await fetch(guard.url, { signal, redirect: 'manual' })
    await response.body?.cancel()
    const right = guard.expect === undefined ? response.ok : response.status === guard.expect
    return right ? null : `HTTP ${response.status}`
  } catch (error) {
    return connectionError(error)
  }
}
