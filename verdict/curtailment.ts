import type { Batch } from './batches.ts'
import { fewestSeconds, leastBound, leastWatchedSeconds, shareBounds } from './batches.ts'
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

/** So many open samples are tried one by one: some hundred judgements in a run's last seconds. */
const mostOpen = 300

/**
 * Whether the verdict on a proportion is certain before its steady state is over: the whole of it is decided in one and
 * the same way by the judge's own bounds, whatever the samples that have not ended will be. No test of the samples so
 * far, so that no error is added to those of the judge (curtailed sampling: Wetherill & Glazebrook 1986).
 *
 * A breach: the judge's lower bound has a floor that depends on the share of bad samples alone, and rises with it; so it
 * is enough that the floor is over the limit with all that is to come good. A pass: the upper bound may rise when less is
 * bad (fewer tell less), so every number of bad ones is tried, once so little is open that it lies in the last batch.
 * @param soFar each second of the whole steady state, those to come too
 * @param allowed share of bad samples
 */
export const certaintyOf = (soFar: readonly SecondSoFar[], allowed: number): Certainty | null => {
  const seconds = allOf(soFar)
  const due = sum(seconds, ({ due }) => due)
  const bad = sum(seconds, ({ bad }) => bad)
  const open = sum(seconds, ({ open }) => open)
  const counted = seconds.filter((second) => second.due > 0).length
  const figures = `${formatCount(bad)} bad of ${formatCount(due)} planned`
  if (counted < fewestSeconds) return null
  const low = leastBound(bad / due, counted)
  if (low > allowed) {
    const text = `${figures}; were all ${formatCount(open)} to come good, a share of at least ${formatRatio(low)} would still be proven bad; at most ${formatRatio(allowed)} is allowed`
    return { result: 'fail', text }
  }
  if (counted < leastWatchedSeconds || open > mostOpen || bad + open > allowed * due) return null
  const high = highest(seconds, open)
  if (high === null || high > allowed) return null
  const text = `${figures}; whatever the ${formatCount(open)} to come are, a share of at most ${formatRatio(high)} would still be proven; ${formatRatio(allowed)} is allowed`
  return { result: 'pass', text }
}

/** The highest upper bound of all futures; null where what is open reaches back beyond the last of eight batches. */
const highest = (seconds: readonly Second[], open: number): number | null => {
  const first = seconds.findIndex((second) => second.open > 0)
  if (first >= 0 && first < seconds.length * (7 / 8)) return null
  const bounds = Array.from({ length: open + 1 }, (_, isBad) => shareBounds(ending(seconds, isBad)).high)
  return Math.max(...bounds)
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

/** The steady state as it would be with so many of the open samples bad, the first ones, and the others good. */
const ending = (seconds: readonly Second[], isBad: number): Batch[] => {
  let left = isBad
  return seconds.map(({ due, bad, open }) => {
    const more = Math.min(left, open)
    left -= more
    return { n: due, bad: bad + more }
  })
}

const sum = <T>(items: readonly T[], of: (item: T) => number): number =>
  items.reduce((total, item) => total + of(item), 0)
