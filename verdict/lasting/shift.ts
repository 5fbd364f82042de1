import type { Tally } from '../../model/verdict.ts'
import type { Span, Sums } from './counts.ts'
import { shareOf } from './counts.ts'
import { dispersion } from './dispersion.ts'

/** A share of bad requests that rose and stayed up to the end of what was seen. */
export interface Shift {
  /** First column of the rise, as far as the counts can say. */
  from: number
  before: Tally
  after: Tally
  /** The last columns look as usual again, but not clearly or long enough to show that it is over. */
  fading: boolean
}

export interface ShiftSearch {
  /** What is usual, for a rise that begins in this column: the steady state, or what came before it. */
  reference: (from: number) => Span
  view: Span
  /** Share of bad requests that the target allows. */
  allowed: number
  /** Score from which on a rise is no chance, see `scoreNeeded`. */
  least: number
  /** Columns that must be as usual again before a rise is over. */
  stable: number
}

/** Columns before the end that are all tried as the first of the rise; further back each 5 % further. */
const everyColumn = 120
const growth = 1.05
/** A rise by less than half is left to the objective itself: usual spells of slow requests differ by as much. */
const leastRise = 1.5
/** From this share on an outage is held against the target as well: few requests say much of it. */
const outage = 0.5
/** Log of the likelihood that the rise ended, over that it lasts: from which on it may have ended, and has ended. */
const mayHaveEnded = 4
const ended = 8
/** Looking at every suffix finds more by chance than one look: measured by `npm run calibrate`, see docs/verdict.md. */
const manyLooks = 5

/**
 * The score that chance reaches in at most 1 % of runs in which nothing changes.
 * @param searches how many searches the run makes (Bonferroni)
 */
export const scoreNeeded = (searches: number): number => manyLooks + Math.log(Math.max(1, searches) / 0.01)

/**
 * Looks for a rise of the share of bad requests that lasts until the end of `view`.
 *
 * Every suffix of the view is a candidate. Its score is the generalised likelihood ratio of two binomial shares
 * against one (a CUSUM whose size of the change is not known before: Page 1954, Lai 1995), divided by the dispersion
 * of the batches inside both parts, so that noise in spells counts for what it is worth. The suffix must also be
 * worse than every stretch of the same length in the reference. Where most requests go bad it is held against the
 * target, too: five of five bad ones are no chance, however few there were before. A rise that ended before fits better as a rise with
 * an end (Levin and Kline 1985), and is none.
 */
export const findShift = (sums: Sums, search: ShiftSearch): Shift | null => {
  const { reference, view, least } = search
  let best: { from: number; before: Tally; after: Tally; score: number } | null = null
  let mostRaw = 0
  for (const from of candidates(view)) {
    const usual = reference(from)
    const before = sums.of(usual.from, usual.to)
    const after = sums.of(from, view.to)
    const raw = evidence(after, before, search.allowed)
    const enough = Math.max(least, best?.score ?? 0)
    mostRaw = Math.max(mostRaw, raw)
    if (raw < enough || shareOf(after) < leastRise * shareOf(before)) continue
    const score = raw / dispersion(sums, [usual, { from, to: view.to }])
    if (score < enough || shareOf(after) <= worstOfLength(sums, usual, view.to - from)) continue
    best = { from, before, after, score }
  }
  if (best === null) return null
  const { from, before, after } = best
  const calm = calmAtEnd(sums, search, mostRaw)
  if (calm !== null && calm.gain >= ended && view.to - calm.from >= search.stable) return null
  return { from, before, after, fading: calm !== null }
}

const evidence = (after: Tally, before: Tally, allowed: number): number => {
  const raw = likelihoodRatio(after, before)
  if (shareOf(after) < outage || after.due === 0) return raw
  const usual = Math.max(allowed, shareOf(before))
  return usual >= shareOf(after) ? raw : Math.max(raw, logLikelihood(after) - expected(after, Math.max(usual, 1e-6)))
}

/** Log of the likelihood of a tally under a share between 0 and 1. */
const expected = ({ bad, due }: Tally, share: number): number =>
  bad * Math.log(share) + (due - bad) * Math.log(1 - share)

/** Requests that must go bad, all of them, before a search can find it. */
export const fewestFound = (least: number, allowed: number, before: Tally): number =>
  Math.ceil(least / -Math.log(Math.min(0.999, Math.max(allowed, shareOf(before), 1e-6))))

/** Log of the likelihood with a share each over that with one share for both; 0 where `a` is not the worse one. */
export const likelihoodRatio = (a: Tally, b: Tally): number => {
  if (a.due === 0 || b.due === 0 || a.bad * b.due <= b.bad * a.due) return 0
  return logLikelihood(a) + logLikelihood(b) - logLikelihood({ bad: a.bad + b.bad, due: a.due + b.due })
}

const logLikelihood = ({ bad, due }: Tally): number => {
  const good = due - bad
  return (bad === 0 ? 0 : bad * Math.log(bad / due)) + (good === 0 ? 0 : good * Math.log(good / due))
}

/** First columns of the suffixes, from the shortest to the whole view. */
const candidates = (view: Span): number[] => {
  const starts: number[] = []
  for (let length = 1; length <= view.to - view.from; ) {
    starts.push(view.to - length)
    length = length < everyColumn ? length + 1 : Math.ceil(length * growth)
  }
  if (starts.at(-1) !== view.from && view.to > view.from) starts.push(view.from)
  return starts
}

const worstOfLength = (sums: Sums, { from, to }: Span, length: number): number => {
  let worst = 0
  const step = Math.max(1, Math.floor(length / 20))
  for (let at = from; at + length <= to; at += step) worst = Math.max(worst, shareOf(sums.of(at, at + length)))
  return worst
}

/** First column after a rise that ended, where that explains the view better than one that lasts; else null. */
const calmAtEnd = (
  sums: Sums,
  { reference, view, allowed }: ShiftSearch,
  lasting: number,
): { from: number; gain: number } | null => {
  const starts = candidates(view)
  let best: { from: number; gain: number } | null = null
  for (const to of starts) {
    const rest = sums.of(to, view.to)
    for (const from of starts) {
      if (from >= to) continue
      const usual = reference(from)
      const before = sums.of(usual.from, usual.to)
      const calm = { bad: before.bad + rest.bad, due: before.due + rest.due }
      const raw = evidence(sums.of(from, to), calm, allowed)
      const enough = Math.max(mayHaveEnded, best?.gain ?? 0)
      if (raw - lasting < enough) continue
      const gain = (raw - lasting) / dispersion(sums, [usual, { from, to }, { from: to, to: view.to }])
      if (gain >= enough) best = { from: to, gain }
    }
  }
  return best
}
