import type { Seconds } from './seconds.ts'

/**
 * The multiwindow, multi-burn-rate alert of the Google SRE workbook (chapter 5, table 5-8): 14.4
 * times the budget's rate over 1 h and over 5 min, or 6 times over 6 h and over 30 min. A run lasts
 * minutes, so its windows are a sixtieth of those: 60 s and 5 s, 360 s and 30 s.
 */
const rules = [
  { burn: 14.4, longS: 60, shortS: 5 },
  { burn: 6, longS: 360, shortS: 30 },
] as const

/** What the reports say about the scale. */
export const burnRateNote =
  'Time to detect is that of the SRE workbook\'s burn-rate alert with windows of 1/60 of its length (60 s and 5 s, 360 s and 30 s).'

/**
 * The first second in `from`..`to` at whose end a rule is true on both of its windows, or -1. Windows
 * reach back to the first second of load, so that early in a run they are shorter.
 */
export const detectedAt = (seconds: Seconds, from: number, to: number, allowed: number): number => {
  const burnt = (at: number, lengthS: number): number => {
    let due = 0
    let bad = 0
    for (let i = Math.max(0, at + 1 - lengthS); i <= at; i++) {
      due += seconds.due[i] ?? 0
      bad += seconds.bad[i] ?? 0
    }
    return due === 0 ? 0 : bad / due / allowed
  }
  for (let at = from; at < to; at++) {
    if ((seconds.bad[at] ?? 0) === 0) continue
    for (const rule of rules) {
      // Where the budget is large no ratio reaches the factor: everything failing must do.
      const factor = Math.min(rule.burn, 1 / allowed)
      if (burnt(at, rule.shortS) >= factor && burnt(at, rule.longS) >= factor) return at
    }
  }
  return -1
}
