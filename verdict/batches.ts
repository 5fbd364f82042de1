import { bounds } from './binomial.ts'
import { normal95, student95 } from './special.ts'

/** Requests of one second, or of one batch of consecutive seconds. */
export interface Batch {
  n: number
  bad: number
}

/** One-sided 95 % bounds of the share of bad requests. */
export interface ShareBounds {
  low: number
  high: number
  /** As many independent requests would tell as much; at most the requests that there were. */
  worth: number
}

/** Cut into so many batches: few, so that each is longer than what makes neighbours alike. */
const batchCounts = [4, 5, 6, 7, 8] as const
const mostBatches = 8

/**
 * What memory of a twentieth of the time leaves of likeness between neighbouring batches, of which Student's t knows
 * nothing: found by `npm run calibrate`, beside what the widest of five counts covers already.
 */
const likenessRatio = 1.05

/** Fewer seconds than this cannot be cut: nothing tells how their requests depend on each other. */
export const fewestSeconds = batchCounts[0]

/**
 * Seconds of calm that a run must have seen before it proves that a target holds. In less than that
 * a spell of some seconds, which comes once in two minutes, is missed too often.
 */
export const leastWatchedSeconds = 125

/**
 * Bounds of the share of bad requests that allow for neighbouring requests being alike: the widest of
 * the exact binomial bound (Clopper & Pearson 1934) and of batch means (Schmeiser 1982) with 4 to 8
 * batches. The means are read in two ways: by Student's t, and by the exact bound of the effective number of
 * requests (Korn & Graubard 1998), which holds where bad requests are few. But never wider than if all requests of a
 * batch were one: a service that is down for half of a run is proven down. docs/verdict.md has the calibration.
 * @param seconds the seconds that count, in the order of time; those without requests are left out
 */
export const shareBounds = (seconds: readonly Batch[]): ShareBounds => {
  const used = seconds.filter(({ n }) => n > 0)
  const { n, bad } = sumOf(used)
  const exact = bounds(bad, n)
  const reach = reachOf(used)
  if (reach === 0) return { ...exact, worth: n }
  const share = bad / n
  const least = Math.min(used.length, mostBatches)
  const worth = Math.min(n, Math.max(least, Math.floor(share * (1 - share) * (normal95 / reach) ** 2)))
  const effective = boundsOfShare(share, worth)
  const widest = boundsOfShare(share, least)
  return {
    low: Math.max(Math.min(exact.low, effective.low, share - reach), widest.low),
    high: Math.min(Math.max(exact.high, effective.high, share + reach), widest.high),
    worth,
  }
}

/** Bounds of so many independent requests with this share of bad ones, to whole requests on the wide side. */
const boundsOfShare = (share: number, n: number): { low: number; high: number } => ({
  low: bounds(Math.floor(share * n), n).low,
  high: bounds(Math.ceil(share * n), n).high,
})

/** What the lower bound of `shareBounds` is at least with this share of bad requests, however they depend on each other. */
export const leastBound = (share: number, seconds: number): number =>
  boundsOfShare(share, Math.min(seconds, mostBatches)).low

export const sumOf = (batches: readonly Batch[]): Batch => {
  const sum = { n: 0, bad: 0 }
  for (const { n, bad } of batches) {
    sum.n += n
    sum.bad += bad
  }
  return sum
}

/** The farthest that the share may be from the truth, by the variation between batches; 0 where nothing varies. */
const reachOf = (seconds: readonly Batch[]): number => {
  const { n, bad } = sumOf(seconds)
  // Batches may differ in size: each weighs as much as it holds (the ratio estimator of Cochran 1977).
  return widestReach(seconds, (batch, count) => {
    const own = sumOf(batch)
    return ((own.bad - (own.n * bad) / n) * count) / n
  })
}

/**
 * How far a value that was made from all items may be from the truth, one-sided 95 %, by how it varies between
 * batches of consecutive items: Student's t, the widest of 4 to 8 batches. 0 for fewer items than that.
 * @param deviation value of a batch less that of all items; `count` is the number of batches
 */
export const widestReach = <T>(
  items: readonly T[],
  deviation: (batch: readonly T[], count: number) => number,
): number =>
  Math.max(
    0,
    ...batchCounts
      .filter((count) => count <= items.length)
      .map((count) => {
        const squares = cut(items, count).reduce((sum, batch) => sum + deviation(batch, count) ** 2, 0)
        return likenessRatio * student95(count - 1) * Math.sqrt(squares / (count * (count - 1)))
      }),
  )

/** Consecutive batches of as equal a length as whole items allow. */
export const cut = <T>(items: readonly T[], count: number): T[][] => {
  const edge = (index: number) => Math.floor((index * items.length) / count)
  return Array.from({ length: count }, (_, at) => items.slice(edge(at), edge(at + 1)))
}
