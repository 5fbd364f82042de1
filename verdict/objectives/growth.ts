import type { GrowthObjective } from '../../model/objective.ts'
import { phaseNames } from '../../model/slo.ts'
import type { Figure, Outcome } from '../../model/verdict.ts'
import { formatCount, formatMs, formatNumber } from '../format.ts'
import type { Series } from '../resources.ts'
import { restartTimes, seriesOf } from '../resources.ts'
import type { Slope } from '../theil-sen.ts'
import { theilSen } from '../theil-sen.ts'
import type { JudgeContext, JudgeObjective } from './context.ts'
import { blankResult, holds } from './context.ts'

interface Growth extends Slope {
  component: string
  samples: number
  spanMs: number
}

/** Samples per second are more than the objective needs; this share of the span must have been seen. */
const leastSeenRatio = 0.5

/**
 * How fast a sampled series grows, per hour: a robust slope with its interval, of the component that
 * grows fastest. Only the longest life of each process counts, since a restart hides what leaked.
 */
export const judgeGrowth: JudgeObjective<GrowthObjective> = (objective, context) => {
  const growths = growthsIn(objective, context, context.phases.in(objective.phases))
  const worst = growths.reduce<Growth | null>((a, b) => (a === null || b.slope > a.slope ? b : a), null)
  const phases = phaseNames.map((phase) => {
    const inPhase = growthsIn(objective, context, context.phases.in([phase]))
    const slope = inPhase.length === 0 ? null : Math.max(...inPhase.map((growth) => growth.slope))
    return { phase, n: Math.max(0, ...inPhase.map(({ samples }) => samples)), bad: 0, measured: perHour(slope) }
  })
  const base = { phases, n: worst?.samples ?? 0, needed: objective.minSeconds }
  const few = worst === null ? null : growths.find((growth) => !isLongEnough(growth, objective))
  if (worst === null)
    return { ...blankResult(objective, 'no-data', 'no-samples', `${objective.series}: no samples`), ...base }
  if (few) {
    const seen = `${few.component}: ${formatCount(few.samples)} samples over ${formatMs(few.spanMs)} of one process`
    const reason = `${seen}, at least ${formatMs(objective.minSeconds * 1000)} needed`
    return { ...blankResult(objective, 'no-data', 'too-few-samples', reason), ...base }
  }
  // The one whose bound reaches highest may be another than the one that grows fastest.
  const highest = growths.reduce((a, b) => (b.high > a.high ? b : a))
  return {
    ...blankResult(objective, ...conclude(objective, worst, highest, context.plan.requireProof)),
    ...base,
    proven: isProven(objective, worst, highest),
    measured: perHour(worst.slope),
    interval: { low: worst.low, high: worst.high, text: `[${megabytes(worst.low)}, ${megabytes(worst.high)}]` },
    margin: perHour(objective.value - worst.slope),
  }
}

const isLongEnough = ({ samples, spanMs }: Growth, { minSeconds }: GrowthObjective): boolean =>
  spanMs >= minSeconds * 1000 && samples >= minSeconds * leastSeenRatio

const isProven = ({ op, value }: GrowthObjective, worst: Growth, highest: Growth): boolean =>
  holds(highest.high, op, value) || worst.low > value

const conclude = (
  { op, value }: GrowthObjective,
  worst: Growth,
  highest: Growth,
  requireProof: boolean,
): [Outcome, string, string] => {
  const seen = `${worst.component}, over ${formatMs(worst.spanMs)}`
  if (worst.low > value) return ['fail', 'proven-fail', seen]
  if (holds(highest.high, op, value)) return ['pass', 'proven-pass', seen]
  if (!holds(worst.slope, op, value))
    return ['inconclusive', 'breach-not-proven', `over the target, but not proven: ${seen}`]
  const lack = `not proven: the interval of ${highest.component} reaches over the target`
  return requireProof
    ? ['inconclusive', 'not-proven', lack]
    : ['pass', 'no-breach-seen', `no breach seen, ${lack} (${formatMs(highest.spanMs)} seen)`]
}

const growthsIn = (objective: GrowthObjective, context: JudgeContext, counts: (at: number) => boolean): Growth[] => {
  const { resources, baseS } = context.folded
  return seriesOf(resources, objective.series, objective.component).flatMap((series) => {
    const life = longestLife(series, restartTimes(resources, series.component), (atMs) => {
      const at = Math.floor(atMs / 1000) - baseS
      return at >= 0 && counts(at)
    })
    const first = life[0]?.[0]
    const last = life.at(-1)?.[0]
    if (first === undefined || last === undefined) return []
    const slope = theilSen(
      life.map(([atMs]) => (atMs - first) / 3_600_000),
      life.map(([, value]) => value),
    )
    const spanMs = last - first
    const none = { slope: 0, low: Number.NEGATIVE_INFINITY, high: Number.POSITIVE_INFINITY, n: life.length }
    return [{ ...(slope ?? none), component: series.component, samples: life.length, spanMs }]
  })
}

/** Samples of the longest time without a restart. */
const longestLife = (
  series: Series,
  restarts: ReadonlySet<number>,
  counts: (atMs: number) => boolean,
): [atMs: number, value: number][] => {
  let best: [number, number][] = []
  let life: [number, number][] = []
  series.atMs.forEach((atMs, i) => {
    if (restarts.has(atMs)) life = []
    if (counts(atMs)) life.push([atMs, series.value[i] ?? 0])
    if (life.length > best.length) best = life
  })
  return best
}

const megabytes = (bytes: number): string => formatNumber(bytes / 1e6)
const perHour = (bytes: number | null): Figure => ({
  value: bytes,
  text: bytes === null ? '–' : `${megabytes(bytes)} MB/h`,
})
