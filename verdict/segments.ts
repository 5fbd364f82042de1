import type { SampleRun } from './runs.ts'

/** Consecutive runs at one share of bad requests; `to` is one past the last run. */
export interface Level {
  from: number
  to: number
  /** The share that the segmentation chose; 1 is a total outage. */
  share: number
}

/** One stretch in which users fared worse than usual, in levels; and what is usual right after it. */
export interface Segment {
  levels: Level[]
  from: number
  to: number
  /** How much likelier it makes the record than no outage: the logarithm of the ratio, before the cost of the search. */
  score: number
  shareBefore: number
  shareAfter: number
}

export interface Shares {
  /** Share of bad requests in the steady state: the estimate, and the most that it may have been (95 %). */
  observed: number
  steady: number
  /** Share that is no outage: the objective's, or that of the steady state where it is larger. */
  allowed: number
}

/**
 * Chance of one false outage in a whole view of independent requests at the usual share, at most; and of a false
 * suspicion, which only keeps a run from passing.
 */
const falseAlarm = 1e-4
const falseSuspicion = 1e-2

/**
 * Evidence (in units of the natural logarithm) that an outage must bring. An outage can begin at each request, so
 * the number of requests is what the chance of a false one is divided by: by Wald's inequality the likelihood ratio of
 * a stretch that begins at a given request exceeds e^x with probability e^-x at most.
 */
export const evidenceNeeded = (requests: number, chance = falseAlarm): number =>
  Math.log(Math.max(1, requests)) - Math.log(chance)

/** Fewest consecutive bad requests that are an outage by themselves, among so many. */
export const fewestInARow = (requests: number, allowed: number): number =>
  Math.floor(evidenceNeeded(requests) / -Math.log(clampShare(allowed))) + 1

/**
 * Cuts a sequence of requests into usual stretches and outages, by penalised maximum likelihood over a fixed set of
 * shares (Viterbi's algorithm; the penalty per change as in Yao 1988). Total outages, partial ones and those whose share
 * changes come out of the same rule, at any rate, whether or not their requests fill a window.
 * @param against `allowed`: stretches proven to be worse than both the steady state and the objective; `steady`: those proven
 * worse than the steady state whose observed share is over the objective's
 */
export const segmentsOf = (
  runs: readonly SampleRun[],
  shares: Shares,
  against: 'allowed' | 'steady' = 'allowed',
): Segment[] => {
  if (!runs.some(({ bad }) => bad)) return []
  const steady = clampShare(Math.min(shares.steady, shares.allowed))
  const allowed = clampShare(shares.allowed)
  const usual = allowed <= 1.1 * steady ? [allowed] : against === 'steady' ? [steady] : [steady, allowed]
  const states = [...usual, ...outageShares(allowed)]
  const requests = runs.reduce((sum, { n }) => sum + n, 0)
  const costs = {
    outage: evidenceNeeded(requests, against === 'steady' ? falseSuspicion : falseAlarm),
    // Between usual shares: twice this, less than an outage's, leaves 1e-4 against the allowed share.
    usual: Math.log(Math.max(2, requests)) / 2,
  }
  const path = likeliestPath(runs, states, usual.length, costs)
  const usualShares = usual.map((share) => (share === steady ? clampShare(shares.observed) : share))
  const segments = collect(runs, path, states, usualShares)
  return against === 'allowed' ? segments : segments.filter((segment) => observedShare(runs, segment) > allowed)
}

const observedShare = (runs: readonly SampleRun[], { from, to }: Segment): number => {
  const own = runs.slice(from, to)
  const sum = (counts: (run: SampleRun) => boolean) => own.reduce((n, run) => n + (counts(run) ? run.n : 0), 0)
  return (
    sum(({ bad }) => bad) /
    Math.max(
      1,
      sum(() => true),
    )
  )
}

const clampShare = (share: number): number => Math.min(0.999, Math.max(1e-6, share))

const outageShares = (allowed: number): number[] => {
  const list = [1, 0.9, 0.7].filter((share) => share > 1.2 * allowed || share === 1)
  for (let share = 0.5; share > 1.5 * allowed; share /= 1.6) list.push(share)
  return list
}

const logLikelihood = ({ bad, n }: SampleRun, share: number): number =>
  bad ? n * Math.log(share) : share === 1 ? Number.NEGATIVE_INFINITY : n * Math.log1p(-share)

const likeliestPath = (
  runs: readonly SampleRun[],
  states: readonly number[],
  usualCount: number,
  costs: { outage: number; usual: number },
): Uint8Array => {
  const count = states.length
  const from = new Uint8Array(runs.length * count)
  let scores = states.map((_, state) => (state < usualCount ? 0 : -costs.outage))
  for (const [at, run] of runs.entries()) {
    const bestUsual = best(scores, 0, usualCount)
    const bestOutage = best(scores, usualCount, count)
    scores = states.map((share, state) => {
      const isUsual = state < usualCount
      const options: [from: number, score: number][] = [
        [state, scores[state] ?? 0],
        [bestUsual, (scores[bestUsual] ?? 0) - (isUsual ? costs.usual : costs.outage)],
        [bestOutage, (scores[bestOutage] ?? 0) - (isUsual ? 0 : costs.outage)],
      ]
      const [chosen, score] = options.reduce((a, b) => (b[1] > a[1] ? b : a))
      from[at * count + state] = chosen
      return score + logLikelihood(run, share)
    })
  }
  const path = new Uint8Array(runs.length)
  let state = best(scores, 0, count)
  for (let at = runs.length - 1; at >= 0; at--) {
    path[at] = state
    state = from[at * count + state] ?? 0
  }
  return path
}

const best = (scores: readonly number[], from: number, to: number): number => {
  let top = from
  for (let i = from + 1; i < to; i++) if ((scores[i] ?? 0) > (scores[top] ?? 0)) top = i
  return top
}

const collect = (
  runs: readonly SampleRun[],
  path: Uint8Array,
  states: readonly number[],
  usualShares: readonly number[],
): Segment[] => {
  const segments: Segment[] = []
  const usualCount = usualShares.length
  const usualShare = (at: number): number => usualShares[path[at] ?? 0] ?? usualShares[0] ?? 0
  let open: Segment | null = null
  for (const [at, run] of runs.entries()) {
    const state = path[at] ?? 0
    if (state < usualCount) {
      if (open) open.shareAfter = usualShare(at)
      open = null
      continue
    }
    const share = states[state] ?? 1
    if (!open) {
      open = { levels: [], from: at, to: at, score: 0, shareBefore: usualShare(at - 1), shareAfter: usualShare(-1) }
      segments.push(open)
    }
    const level: Level | undefined = open.levels.at(-1)
    if (level?.share === share) level.to = at + 1
    else open.levels.push({ from: at, to: at + 1, share })
    open.to = at + 1
    open.score += logLikelihood(run, share) - logLikelihood(run, states[0] ?? share)
  }
  return segments
}
