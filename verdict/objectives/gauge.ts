import type { GaugeObjective } from '../../model/objective.ts'
import { isPrometheusSeries } from '../../model/prometheus.ts'
import { phaseNames } from '../../model/slo.ts'
import { formatCount, formatUnit } from '../format.ts'
import type { Series } from '../resources.ts'
import { seriesOf } from '../resources.ts'
import type { JudgeContext, JudgeObjective } from './context.ts'
import { blankResult, holds } from './context.ts'

const sampledGapMs = 5000

interface Reading {
  component: string
  value: number
  n: number
}

/** An aggregate of a sampled series against a bound; the worst component decides. */
export const judgeGauge: JudgeObjective<GaugeObjective> = (objective, context) => {
  const perPhase = phaseNames.map((phase) => {
    const reading = worstReading(objective, context, context.phases.in([phase]))
    return { phase, n: reading?.n ?? 0, bad: 0, measured: figure(objective, reading?.value ?? null) }
  })
  const reading = worstReading(objective, context, context.phases.in(objective.phases))
  const needed = Math.max(1, objective.minSamples)
  const base = { phases: perPhase, needed, n: reading?.n ?? 0 }
  if (!reading || reading.n < needed) {
    const reason = `${objective.series}: ${formatCount(base.n)} samples, at least ${formatCount(needed)} needed`
    return { ...blankResult(objective, 'no-data', base.n === 0 ? 'no-samples' : 'too-few-samples', reason), ...base }
  }
  const missing = missingPoints(objective, context)
  const good = holds(reading.value, objective.op, objective.value)
  const upper = objective.op === 'lt' || objective.op === 'lte'
  const margin = upper ? objective.value - reading.value : reading.value - objective.value
  if (good && missing !== null) return { ...blankResult(objective, 'no-data', 'gaps', missing), ...base }
  return {
    ...blankResult(
      objective,
      good ? 'pass' : 'fail',
      good ? 'within-bound' : 'over-bound',
      `${reading.component}, ${aggregateText(objective)}`,
    ),
    ...base,
    proven: true,
    measured: figure(objective, reading.value),
    interval: { low: null, high: null, text: aggregateText(objective) },
    margin: figure(objective, margin),
  }
}

/** A run's end may cut off the last point, and a scrape may be late: a tenth may be missing. */
const mostMissingRatio = 0.1

/**
 * Points that a query should have given and no series has, as a reason not to believe a good value:
 * Prometheus is asked for every step of the run, so a gap is a time that nobody saw. Null for few.
 */
const missingPoints = (objective: GaugeObjective, { folded, phases, plan }: JudgeContext): string | null => {
  if (!isPrometheusSeries(objective.series) || plan.prometheus === undefined) return null
  const counts = phases.in(objective.phases)
  const stepS = plan.prometheus.stepMs / 1000
  let seconds = 0
  for (let at = 0; at < folded.chart.seconds.length; at++) {
    if (counts(at) && at <= folded.lastIndex) seconds++
  }
  const expected = Math.floor(seconds / stepS)
  const seen = new Set(
    seriesOf(folded.resources, objective.series)
      .flatMap(({ atMs }) => atMs)
      .filter((atMs) => counts(Math.floor(atMs / 1000) - folded.baseS)),
  ).size
  const missing = expected - seen
  return missing <= Math.max(1, mostMissingRatio * expected)
    ? null
    : `${formatCount(missing)} of ${formatCount(expected)} points are missing or no number`
}

const aggregateText = (objective: GaugeObjective): string =>
  objective.aggregate === 'rate' ? 'mean rate' : objective.aggregate

const figure = (objective: GaugeObjective, value: number | null) => ({
  value,
  text: value === null ? '–' : formatUnit(value, objective.unit),
})

type Counts = (at: number) => boolean

/** The reading of the component that is farthest on the wrong side. Rates of one component's instances add up. */
const worstReading = (objective: GaugeObjective, context: JudgeContext, counts: Counts): Reading | null => {
  const { resources, baseS } = context.folded
  const active = whileActive(objective, context)
  const selected = (atMs: number) => {
    const at = Math.floor(atMs / 1000) - baseS
    return at >= 0 && counts(at) && active(at)
  }
  const readings = seriesOf(resources, objective.series, objective.component)
    .map((series) => readingOf(objective, series, selected, longestGapMs(objective, context)))
    .filter((reading) => reading !== null)
  const [first] = readings
  if (!first) return null
  if (objective.aggregate === 'rate' && objective.component !== undefined) {
    const value = readings.reduce((sum, reading) => sum + reading.value, 0)
    return { component: objective.component, value, n: Math.max(...readings.map((reading) => reading.n)) }
  }
  const upper = objective.op === 'lt' || objective.op === 'lte'
  return readings.reduce((worst, reading) => (reading.value > worst.value === upper ? reading : worst), first)
}

/** Whether the companion series was above zero in a second, in any component. */
const whileActive = (objective: GaugeObjective, context: JudgeContext): Counts => {
  if (objective.whileSeries === undefined) return () => true
  const seconds = new Set<number>()
  for (const series of seriesOf(context.folded.resources, objective.whileSeries)) {
    series.atMs.forEach((atMs, i) => {
      if ((series.value[i] ?? 0) > 0) seconds.add(Math.floor(atMs / 1000) - context.folded.baseS)
    })
  }
  return (at) => seconds.has(at)
}

/** Samples farther apart than this say nothing of the time between them. */
export const longestGapMs = ({ series }: { series: string }, { plan }: JudgeContext): number =>
  isPrometheusSeries(series) ? Math.max(sampledGapMs, plan.prometheus?.stepMs ?? 0) : sampledGapMs

const readingOf = (
  objective: GaugeObjective,
  series: Series,
  selected: (atMs: number) => boolean,
  gapMs: number,
): Reading | null => {
  if (objective.aggregate === 'rate') return rateOf(series, selected, gapMs)
  const values = series.value.filter((_, i) => selected(series.atMs[i] ?? 0))
  if (values.length === 0) return null
  return { component: series.component, value: aggregates[objective.aggregate](values), n: values.length }
}

/** Increase per second over the seconds that count; a counter that falls was restarted at zero. */
const rateOf = (series: Series, selected: (atMs: number) => boolean, gapMs: number): Reading | null => {
  let increase = 0
  let ms = 0
  let n = 0
  for (let i = 1; i < series.atMs.length; i++) {
    const atMs = series.atMs[i] ?? 0
    const stepMs = atMs - (series.atMs[i - 1] ?? 0)
    if (!selected(atMs) || stepMs <= 0 || stepMs > gapMs) continue
    const now = series.value[i] ?? 0
    const before = series.value[i - 1] ?? 0
    increase += now >= before ? now - before : now
    ms += stepMs
    n++
  }
  return n === 0 ? null : { component: series.component, value: increase / (ms / 1000), n }
}

const aggregates: Record<Exclude<GaugeObjective['aggregate'], 'rate'>, (values: number[]) => number> = {
  max: (values) => values.reduce((a, b) => Math.max(a, b)),
  min: (values) => values.reduce((a, b) => Math.min(a, b)),
  mean: (values) => values.reduce((a, b) => a + b, 0) / values.length,
  last: (values) => values.at(-1) ?? Number.NaN,
  p95: (values) => [...values].sort((a, b) => a - b)[Math.ceil(0.95 * values.length) - 1] ?? Number.NaN,
}
