import { durationMs } from '../model/duration.ts'
import type { Guard } from '../model/gameday.ts'
import { guardText } from '../model/guard-text.ts'
import type { GuardProbes } from './guard-probes.ts'
import type { LiveWindow } from './live.ts'

/** Says whether a guard's condition is true now, and what was seen; null when nothing was due. */
const breach = (guard: Guard, live: LiveWindow, probes: GuardProbes, nowMs: number): string | null => {
  const status = live.status(nowMs)
  switch (guard.kind) {
    case 'http':
    case 'command':
      return probes.failure(guard)
    case 'errorRatio':
      if (status.errorRatio === null || status.errorRatio <= guard.aboveRatio) return null
      return `${(status.errorRatio * 100).toFixed(1)} % errors`
    case 'latency': {
      const ms = live.latencyMs(nowMs, 3_000, guard.percentile / 100)
      if (ms !== null) return ms > guard.aboveMs ? `p${guard.percentile} ${ms.toFixed(0)} ms` : null
      // A total hang: there is no latency before the timeouts end, and it is above the bound already.
      const hanging = status.offeredPerSecond > 0 ? live.inFlightLonger(nowMs, guard.aboveMs) : 0
      return hanging > 0 ? `no answers, and ${hanging} in flight for more than ${guard.aboveMs} ms` : null
    }
    case 'achievedRate':
      if (status.offeredPerSecond === 0 || status.achievedPerSecond >= guard.belowRatio * status.offeredPerSecond)
        return null
      return `${status.achievedPerSecond.toFixed(1)}/s of ${status.offeredPerSecond.toFixed(1)}/s`
  }
}

/** Watches all guards; call it regularly. Gives the first that has been true for its whole time. */
export class GuardWatch {
  #guards: { guard: Guard; sinceMs: number | null }[]
  #probes: GuardProbes

  /** @param probes answers for the guards that ask something outside the load */
  constructor(guards: Guard[], probes: GuardProbes) {
    this.#probes = probes
    this.#guards = guards.map((guard) => ({ guard, sinceMs: null }))
  }

  tripped(live: LiveWindow, nowMs: number): { guard: string; evidence: string } | null {
    for (const entry of this.#guards) {
      const seen = breach(entry.guard, live, this.#probes, nowMs)
      entry.sinceMs = seen === null ? null : (entry.sinceMs ?? nowMs)
      if (seen !== null && entry.sinceMs !== null && nowMs - entry.sinceMs >= durationMs(entry.guard.for)) {
        return { guard: guardText(entry.guard), evidence: seen }
      }
    }
    return null
  }
}
