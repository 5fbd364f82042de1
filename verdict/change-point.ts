import type { SampleRun } from './runs.ts'

/** A time that lies between two requests; `highMs` null: no later request shows that it has come. */
export interface EdgeRange {
  lowMs: number
  highMs: number | null
}

export interface EndOptions {
  /** Runs of the last level of the outage: their share of bad requests is the outage's. */
  from: number
  to: number
  /** One past the last run that the edge may be looked for in. */
  limit: number
  /** Share of bad requests once it is over. */
  shareAfter: number
}

/**
 * How much less likely than the likeliest edge an edge may be (natural logarithm) and still be in the range. For
 * known shares the chance that the true edge is further off is at most 2 e^-c (Wald's inequality on either side), 2.5 %
 * for this value; `npm run calibrate` measures it with estimated ones.
 */
const slack = Math.log(80)

/**
 * Where an outage ends: the range of times that the requests support, at the share of bad ones that was observed
 * (profile likelihood of a change point; Hinkley 1970). A total outage ends between its last bad request and the
 * first good one.
 */
export const endOf = (runs: readonly SampleRun[], options: EndOptions): EdgeRange => {
  const { from, to, limit } = options
  const after = Math.min(0.999, Math.max(1e-6, options.shareAfter))
  let low = to
  let high: { run: number; inside: number } = { run: from, inside: 0 }
  let most = Number.NEGATIVE_INFINITY
  const shares = outageShares(runs, options)
  const paths = shares.map((share) => scan(runs, from, limit, share, after))
  for (const path of paths) for (const score of path.scores) most = Math.max(most, score)
  for (const { scores, perGood } of paths) {
    for (let i = 0; i < scores.length; i++) {
      const score = scores[i] ?? Number.NEGATIVE_INFINITY
      if (score < most - slack) continue
      low = Math.min(low, from + i)
      // Good requests after this boundary that could still belong to the outage.
      const next = runs[from + i]
      const inside = next && !next.bad && from + i < limit ? Math.floor((score - most + slack) / -perGood) : 0
      if (from + i > high.run || (from + i === high.run && inside > high.inside)) high = { run: from + i, inside }
    }
  }
  const found = { lowMs: lastBefore(runs, low, from), highMs: firstAfter(runs, high, limit) }
  return widened(found, runs.slice(from, limit), shares[6] ?? 1, after)
}

/** Deviations of the number of bad requests in a mixed part that an edge inside it may have. */
const deviations = 2.5

/**
 * Inside a mixed part only the numbers are known: how far it belongs to the outage is what its share of bad requests
 * says, with the deviation of that number.
 */
const widened = (range: EdgeRange, runs: readonly SampleRun[], share: number, after: number): EdgeRange => {
  if (share === 1) return range
  let { lowMs, highMs } = range
  const parts = new Set(runs.flatMap(({ mixed }) => mixed ?? []))
  const [firstMs, lastMs] = [lowMs, highMs ?? Number.POSITIVE_INFINITY]
  for (const { fromMs, toMs, n, bad } of parts) {
    if (toMs < firstMs || fromMs > lastMs) continue
    const inside = (bad / n - after) / (share - after)
    const spread = (deviations * Math.sqrt((share * (1 - share) + after * (1 - after)) / n)) / Math.abs(share - after)
    const at = (part: number) => fromMs + Math.min(1, Math.max(0, part)) * (toMs - fromMs)
    lowMs = Math.min(lowMs, at(inside - spread))
    if (highMs !== null) highMs = Math.max(highMs, at(inside + spread))
  }
  return { lowMs, highMs }
}

/** Scores of the boundaries before each run and after the last: the logarithm of their likelihood, up to a constant. */
const scan = (runs: readonly SampleRun[], from: number, limit: number, share: number, after: number) => {
  const perBad = Math.log(share / after)
  const perGood = share === 1 ? Number.NEGATIVE_INFINITY : Math.log((1 - share) / (1 - after))
  const scores = [0]
  let sum = 0
  for (let at = from; at < limit; at++) {
    const run = runs[at]
    if (!run) break
    sum += run.n * (run.bad ? perBad : perGood)
    scores.push(sum)
  }
  return { scores, perGood }
}

/** Shares that the outage may have had: the observed one and those about it; 1 alone where nothing was good. */
const outageShares = (runs: readonly SampleRun[], { from, to, shareAfter }: EndOptions): number[] => {
  let n = 0
  let bad = 0
  for (const run of runs.slice(from, to)) {
    n += run.n
    if (run.bad) bad += run.n
  }
  if (bad === n) return [1]
  const observed = (bad + 0.5) / (n + 1)
  const deviation = 1 / Math.sqrt((n + 1) * observed * (1 - observed))
  const centre = Math.log(observed / (1 - observed))
  const least = Math.min(0.99, Math.max(2 * shareAfter, observed / 4))
  return Array.from({ length: 13 }, (_, i) =>
    Math.max(least, 1 / (1 + Math.exp(-(centre + ((i - 6) / 2) * deviation)))),
  )
}

/** Start of the last request before a boundary; no earlier than the first of the outage. */
const lastBefore = (runs: readonly SampleRun[], boundary: number, from: number): number => {
  const run = runs[Math.max(boundary - 1, from)]
  if (!run) return Number.NaN
  if (run.isCoarse) return Math.floor(run.fromMs / 1000) * 1000
  return boundary > from ? run.toMs : run.fromMs
}

/** Start of the first request after a boundary that lies `inside` a run; null when there is none. */
const firstAfter = (
  runs: readonly SampleRun[],
  { run: at, inside }: { run: number; inside: number },
  limit: number,
): number | null => {
  const run = runs[at]
  if (!run || at >= limit) return null
  if (inside >= run.n) return firstAfter(runs, { run: at + 1, inside: 0 }, limit)
  if (run.isCoarse) return Math.ceil(run.toMs / 1000) * 1000
  return run.n > 1 ? run.fromMs + ((run.toMs - run.fromMs) * inside) / (run.n - 1) : run.fromMs
}

/** The same runs backwards in time: the end of an outage in them is its beginning. */
export const backwards = (runs: readonly SampleRun[]): SampleRun[] =>
  runs.map((run) => ({ ...run, fromMs: -run.toMs, toMs: -run.fromMs })).reverse()
