import type { Batch } from './batches.ts'
import { batchCounts, batchEdges, fewestSeconds, leastWatchedSeconds, shareBounds } from './batches.ts'
import { formatCount, formatRatio } from './format.ts'

/** Samples of one second of the steady state: as planned, and what has ended of them. */
export interface SecondSoFar {
  planned: number
  good: number
  bad: number
}

/** What nothing that is still to come can change, and the figures that show it. */
export interface Certainty {
  result: 'fail' | 'pass'
  /** `4,500 bad of 12,000 planned; were all 7,500 to come good, ...`. */
  text: string
}

/**
 * Whether the verdict on a proportion is certain before its steady state is over: the whole of it, with every sample
 * that has not ended good, bad, or bad for a while, is decided in one and the same way by the judge's own bounds.
 * No test of the samples so far, so that no error is added to those of the judge (curtailed sampling: MIL-STD-105;
 * Wetherill & Glazebrook 1986).
 * @param seconds of the whole steady state, those to come too
 * @param allowed share of bad samples
 */
export const certaintyOf = (soFar: readonly SecondSoFar[], allowed: number): Certainty | null => {
  const seconds = allOf(soFar)
  const due = sum(seconds, ({ due }) => due)
  const bad = sum(seconds, ({ bad }) => bad)
  const open = sum(seconds, ({ open }) => open)
  const counted = seconds.filter((second) => second.due > 0).length
  const figures = `${formatCount(bad)} bad of ${formatCount(due)} planned`
  // Most of the time the count alone says no.
  if (bad > allowed * due && counted >= fewestSeconds) {
    const low = least(seconds, allowed)
    if (low === null) return null
    const text = `${figures}; were all ${formatCount(open)} to come good, a share of at least ${formatRatio(low)} would still be proven bad; at most ${formatRatio(allowed)} is allowed`
    return { result: 'fail', text }
  }
  if (bad + open <= allowed * due && counted >= leastWatchedSeconds) {
    const high = most(seconds, allowed)
    if (high === null) return null
    const text = `${figures}; were all ${formatCount(open)} to come bad, a share of at most ${formatRatio(high)} would still be proven; ${formatRatio(allowed)} is allowed`
    return { result: 'pass', text }
  }
  return null
}

/** The lower bound with all that is to come good, where it is over the limit and stays so in every other future. */
const least = (seconds: readonly Second[], allowed: number): number | null => {
  const low = shareBounds(ending(seconds, () => false)).low
  return low > allowed && futures(seconds).every((isBad) => shareBounds(ending(seconds, isBad), 1).low > allowed)
    ? low
    : null
}

/** The upper bound with all that is to come bad, where it is within the limit and stays so in every other future. */
const most = (seconds: readonly Second[], allowed: number): number | null => {
  const high = shareBounds(ending(seconds, () => true)).high
  return high <= allowed && futures(seconds).every((isBad) => shareBounds(ending(seconds, isBad), 1).high <= allowed)
    ? high
    : null
}

interface Second {
  due: number
  bad: number
  /** Not ended, or not even begun. */
  open: number
}

/** Where more was sent than planned, more will be: a larger total is harder to decide early. */
const allOf = (soFar: readonly SecondSoFar[]): Second[] => {
  const last = soFar.findLastIndex(({ good, bad }) => good + bad > 0)
  const seen = soFar.slice(0, last + 1)
  const ended = sum(seen, ({ good, bad }) => good + bad)
  const planned = sum(seen, (second) => second.planned)
  const factor = planned > 0 ? Math.max(1, ended / planned) : 1
  return soFar.map(({ planned, good, bad }, at) => {
    const due = Math.max(at > last ? Math.ceil(planned * factor) : planned, good + bad)
    return { due, bad, open: due - good - bad }
  })
}

/** The steady state as it would be with the open samples of some seconds bad, and the others good. */
const ending = (seconds: readonly Second[], isBad: (at: number) => boolean): Batch[] =>
  seconds.map(({ due, bad, open }, at) => ({ n: due, bad: isBad(at) ? bad + open : bad }))

/**
 * The futures that are worst for a claim. Share minus (plus) reach is concave (convex) in what is still to come, as the
 * reach is a norm of it; so its extremes are where each of the judge's batches is wholly good or wholly bad. Rounding to
 * whole requests may cost others one more: see `slack`.
 */
const futures = (seconds: readonly Second[]): ((at: number) => boolean)[] =>
  batchCounts.flatMap((count) => {
    const edges = batchEdges(seconds.length, count)
    const batchOf = (at: number): number => edges.findLastIndex((edge) => edge <= at)
    // What is to come lies at the end: the last batches are those that can still be either.
    const firstOpen = seconds.findIndex(({ open }) => open > 0)
    if (firstOpen < 0) return []
    const open = count - batchOf(firstOpen)
    const batches = seconds.map((_, at) => count - 1 - batchOf(at))
    return Array.from({ length: 2 ** open }, (_, mask) => (at: number) => ((mask >> (batches[at] ?? 0)) & 1) === 1)
  })

const sum = <T>(items: readonly T[], of: (item: T) => number): number =>
  items.reduce((total, item) => total + of(item), 0)
