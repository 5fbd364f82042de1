import { durationMs } from '../model/duration.ts'
import type { GameDay } from '../model/gameday.ts'

/** Start of the system, audit, verdict and reports: what a run takes beside its plan, on two cores with other work. */
export const aroundRunMs = 8_000

/**
 * About how long a run of this game day takes, in ms; of one that looks for its capacity the most that its
 * search upwards can take.
 * @param precisionRatio of the search, instead of the game day's own
 */
export const lengthOf = (gameDay: GameDay, precisionRatio?: number): number => {
  const { capacity, warmUp, steady, faults, recovery } = gameDay
  const beforeMs = durationMs(warmUp)
  const faultsMs = Math.max(0, ...faults.map((fault) => durationMs(fault.at) + durationMs(fault.for ?? 0)))
  const recoveryMs = recovery === undefined ? 0 : durationMs(recovery.for)
  const runMs = beforeMs + durationMs(steady) + faultsMs + recoveryMs + aroundRunMs
  if (capacity === undefined) return runMs
  return runMs + stepsOf(capacity, precisionRatio) * (beforeMs + durationMs(capacity.step ?? '15s') + aroundRunMs)
}

/** Up by `growth` until the highest rate, then halves of the last stretch until it is narrow enough. */
const stepsOf = (spec: NonNullable<GameDay['capacity']>, precisionRatio = spec.precisionRatio ?? 0.1): number => {
  const { from, upTo, growth = 2 } = spec
  const up = Math.ceil(Math.log(upTo / (from ?? Math.min(1, upTo))) / Math.log(growth)) + 1
  const between = Math.ceil(Math.log2(Math.log(growth) / Math.log(1 + precisionRatio)))
  return Math.min(16, up + Math.max(0, between))
}
