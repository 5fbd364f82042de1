import { durationMs } from '../model/duration.ts'
import type { Guard } from '../model/gameday.ts'
import type { LiveWindow } from './live.ts'

/** 0.07 is `7`, not `7.000000000000001`. */
const percent = (ratio: number): string => String(Number((ratio * 100).toPrecision(6)))

/** As plans and reports name a guard. */
export const guardText = (guard: Guard): string => {
  switch (guard.kind) {
    case 'errorRatio':
      return `errors > ${percent(guard.aboveRatio)} % for ${guard.for}`
    case 'latency':
      return `p${guard.percentile} > ${guard.aboveMs} ms for ${guard.for}`
    case 'achievedRate':
      return `achieved rate < ${percent(guard.belowRatio)} % of offered for ${guard.for}`
  }
}

/** Says whether a guard's condition is true now, and what was seen; null when nothing was due. */
const breach = (guard: Guard, live: LiveWindow, nowMs: number): string | null => {
  const status = live.status(nowMs)
  switch (guard.kind) {
    case 'errorRatio':
      if (status.errorRatio === null || status.errorRatio <= guard.aboveRatio) return null
      return `${(status.errorRatio * 100).toFixed(1)} % errors`
    case 'latency': {
      const ms = live.latencyMs(nowMs, 3_000, guard.percentile / 100)
      return ms !== null && ms > guard.aboveMs ? `p${guard.percentile} ${ms.toFixed(0)} ms` : null
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

  constructor(guards: Guard[]) {
    this.#guards = guards.map((guard) => ({ guard, sinceMs: null }))
  }

  tripped(live: LiveWindow, nowMs: number): { guard: string; evidence: string } | null {
    for (const entry of this.#guards) {
      const seen = breach(entry.guard, live, nowMs)
      entry.sinceMs = seen === null ? null : (entry.sinceMs ?? nowMs)
      if (seen !== null && entry.sinceMs !== null && nowMs - entry.sinceMs >= durationMs(entry.guard.for)) {
        return { guard: guardText(entry.guard), evidence: seen }
      }
    }
    return null
  }
}
