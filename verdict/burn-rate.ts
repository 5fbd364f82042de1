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
  "Time to detect is that of the SRE workbook's burn-rate alert with windows of 1/60 of its length (60 s and 5 s, 360 s and 30 s)."

/**
 * The first second in `from`..`to` at whose end a rule is true on both of its windows, or -1. Where a
 * window reaches back beyond the start of the load, the time before counts as load without errors.
 */
export const detectedAt = (seconds: Seconds, from: number, to: number, allowed: number): number => {
  const loadFrom = Math.max(
    0,
    seconds.due.findIndex((due) => due > 0),
  )
  const burnt = (at: number, lengthS: number): number => {
    const start = Math.max(loadFrom, at + 1 - lengthS)
    let due = 0
    let bad = 0
    for (let i = start; i <= at; i++) {
      due += seconds.due[i] ?? 0
      bad += seconds.bad[i] ?? 0
    }
    const wholeDue = (due * lengthS) / (at + 1 - start)
    return due === 0 ? 0 : bad / wholeDue / allowed
  }
  for (let at = Math.max(from, loadFrom); at < to; at++) {
    if ((seconds.bad[at] ?? 0) === 0) continue
    for (const rule of rules) {
      // Where the budget is large no ratio reaches the factor: everything failing must do.
      const factor = Math.min(rule.burn, 1 / allowed)
      if (burnt(at, rule.shortS) >= factor && burnt(at, rule.longS) >= factor) return at
    }
  }
  return -1
}
