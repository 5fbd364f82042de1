import type { GaugeObjective } from '../../model/objective.ts'
import { phaseNames } from '../../model/slo.ts'
import { formatCount, formatUnit } from '../format.ts'
import type { Series } from '../resources.ts'
import { cpuSeries, restartTimes, seriesOf } from '../resources.ts'
import { unanswered } from './answers.ts'
import type { JudgeContext, JudgeObjective } from './context.ts'
import { blankResult, holds } from './context.ts'
import { longestGapMs, unseen } from './gaps.ts'

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
  const noAnswer = unanswered(objective.series, context)
  if (noAnswer !== null) return { ...blankResult(objective, 'no-data', 'no-answer', noAnswer), ...base }
  if (!reading || reading.n < needed) {
    const reason = `${objective.series}: ${formatCount(base.n)} samples, at least ${formatCount(needed)} needed`
    return { ...blankResult(objective, 'no-data', base.n === 0 ? 'no-samples' : 'too-few-samples', reason), ...base }
  }
  const gaps = unseen(objective, context)
  const good = holds(reading.value, objective.op, objective.value)
  const upper = objective.op === 'lt' || objective.op === 'lte'
  const margin = upper ? objective.value - reading.value : reading.value - objective.value
  if (good && gaps !== null) return { ...blankResult(objective, 'no-data', 'gaps', gaps), ...base }
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
    .map((series) => {
      // Only the CPU time of a tree falls without a restart.
      const restarts = series.name === cpuSeries ? restartTimes(resources, series.component) : null
      return readingOf(objective, series, selected, longestGapMs(objective, context), restarts)
    })
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

const readingOf = (
  objective: GaugeObjective,
  series: Series,
  selected: (atMs: number) => boolean,
  gapMs: number,
  restarts: ReadonlySet<number> | null,
): Reading | null => {
  if (objective.aggregate === 'rate') return rateOf(series, selected, gapMs, restarts)
  const values = series.value.filter((_, i) => selected(series.atMs[i] ?? 0))
  if (values.length === 0) return null
  return { component: series.component, value: aggregates[objective.aggregate](values), n: values.length }
}

/**
 * Increase per second over the seconds that count; a counter that falls was restarted at zero.
 * @param restarts when it was, where that is known; null: whenever it falls
 */
const rateOf = (
  series: Series,
  selected: (atMs: number) => boolean,
  gapMs: number,
  restarts: ReadonlySet<number> | null,
): Reading | null => {
  let increase = 0
  let ms = 0
  let n = 0
  for (let i = 1; i < series.atMs.length; i++) {
    const atMs = series.atMs[i] ?? 0
    const stepMs = atMs - (series.atMs[i - 1] ?? 0)
    if (!selected(atMs) || stepMs <= 0 || stepMs > gapMs) continue
    const now = series.value[i] ?? 0
    const before = series.value[i - 1] ?? 0
    const isNew = restarts === null ? now < before : restarts.has(atMs)
    increase += isNew ? now : Math.max(0, now - before)
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
