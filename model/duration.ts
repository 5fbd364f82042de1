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
  const ms = typeof duration === 'number' ? duration * 1000 : textMs(duration)
  // Beyond, sums of times are no longer exact, and JSON has no infinity.
  if (ms >= 0 && ms <= Number.MAX_SAFE_INTEGER) return ms
  const said = JSON.stringify(String(duration))
  throw new HoldfastError(`${place}: ${said.length > 60 ? `${said.slice(0, 57)}..."` : said} is not a duration`, {
    hint: durationHint,
  })
}

const textMs = (text: string): number => {
  const match = /^(\d+(?:\.\d+)?)(ms|s|m|h|d|w)$/.exec(text.trim())
  return match ? Number(match[1]) * (unitMs[match[2] ?? ''] ?? Number.NaN) : Number.NaN
}
