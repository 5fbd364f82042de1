import { HoldfastError } from './errors.ts'

/** A length of time as users write it: `250ms`, `20s`, `2m`, `1.5h`, `28d`, or a number of seconds. */
export type Duration = string | number

/** How to write one, for errors. */
export const durationHint = 'Write a number and a unit: 250ms, 20s, 2m, 1h, 28d.'

const unitMs: Record<string, number> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 }

/**
 * Milliseconds of a duration. Numbers are seconds.
 * @throws HoldfastError when the text is no duration or is negative.
 */
export const durationMs = (duration: Duration, place = 'duration'): number => {
  if (typeof duration === 'number') {
    if (Number.isFinite(duration) && duration >= 0) return duration * 1000
  } else {
    const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d|w)$/.exec(duration.trim())
    if (match) return Number(match[1]) * (unitMs[match[2] ?? ''] ?? Number.NaN)
  }
  throw new HoldfastError(`${place}: "${duration}" is not a duration`, { hint: durationHint })
}
