import { HoldfastError } from '../model/errors.ts'
import type { Gate, Objective, ProportionObjective, ReactionObjective } from '../model/objective.ts'
import { prometheusSeries } from '../model/prometheus.ts'
import type { PhaseName, ResilienceObjectiveSpec, Unit } from '../model/slo.ts'
import { requestMetric } from '../model/window.ts'
import type { Binding, IndicatorSpec, OpenSloObjective } from './openslo.ts'

/** Phases in which SLO objectives gate: an outage that was made is not held against them. */
const healthyPhases: PhaseName[] = ['steady', 'recovered']
const everyPhase: PhaseName[] = ['steady', 'fault', 'recovered']

/** Source of an objective that names none: it was made up for the game day. */
export const gameDaySource = 'game day'

export const opText = { lt: '<', lte: '≤', gt: '>', gte: '≥' } as const

/** What an SLO document says beside the objective itself. */
export interface SloContext {
  id: string
  title: string
  gate: Gate
  source: string
  budgetWindowMs: number | null
  productionPerSecond: number | null
}

/**
 * An OpenSLO objective as a proportion of good samples.
 * @throws HoldfastError whose message starts with the key that is wrong.
 */
export const proportionOf = (
  context: SloContext,
  indicator: IndicatorSpec,
  objective: OpenSloObjective,
): ProportionObjective => {
  const targetRatio =
    objective.target ?? (objective.targetPercent === undefined ? undefined : objective.targetPercent / 100)
  if (targetRatio === undefined) throw new HoldfastError('target: is missing', { hint: 'Write p95 as target: 0.95.' })
  if (objective.targetPercent !== undefined && objective.targetPercent <= 1)
    throw new HoldfastError(`targetPercent: ${objective.targetPercent} % of good samples would nearly always be met`, {
      hint: 'Write 99 for 99 %, or target: 0.99.',
    })
  const base = { kind: 'proportion' as const, ...context, phases: healthyPhases, targetRatio }
  if (indicator.thresholdMetric) {
    const { spec } = indicator.thresholdMetric.metricSource
    const { op, value } = objective
    if (op === undefined) throw new HoldfastError('op: is missing', { hint: 'A threshold metric needs op and value.' })
    if (op !== 'lt' && op !== 'lte')
      throw new HoldfastError(`op: ${op} is not read for a latency`, { hint: 'Write lt.' })
    if (value === undefined) throw new HoldfastError('value: is missing')
    if (spec.unit === undefined) {
      throw new HoldfastError('value: has no unit', { hint: 'Write unit: us, ms or s in metricSource.spec.' })
    }
    if (spec.metric === 'http_req_failed')
      throw new HoldfastError('indicator: http_req_failed has no time', { hint: 'Name http_req_duration.' })
    // The output counts in whole microseconds.
    const thresholdUs = Math.round(value * unitUs[spec.unit])
    if (thresholdUs < 1)
      throw new HoldfastError(`value: ${value} ${spec.unit} is below a microsecond`, { hint: 'Check its unit.' })
    return {
      ...base,
      sli: selectorOf(spec),
      thresholdUs,
      show: 'latency',
      targetText: `p${trimmed(targetRatio * 100)} ${opText[op]} ${numberText(value)} ${spec.unit === 'us' ? 'µs' : spec.unit}`,
    }
  }
  const { good, bad, total } = indicator.ratioMetric ?? {}
  const part = (good ?? bad)?.metricSource.spec
  if (!total || !part) throw new HoldfastError('indicator: is missing')
  if (JSON.stringify(selectorOf(part)) !== JSON.stringify(selectorOf(total.metricSource.spec))) {
    throw new HoldfastError(`${good ? 'good' : 'bad'} and total select different samples`, {
      hint: 'Name the same metric, requests and scenarios in both: every sample knows whether it was good.',
    })
  }
  return {
    ...base,
    sli: selectorOf(part),
    thresholdUs: null,
    show: good ? 'goodRatio' : 'badRatio',
    targetText: good ? `≥ ${trimmed(targetRatio * 100)} %` : `< ${trimmed((1 - targetRatio) * 100)} %`,
  }
}

/**
 * A ResilienceObjective of the SLO document or of a game day, in base units.
 * @throws HoldfastError whose message starts with the key that is wrong.
 */
export const objectiveOf = (spec: ResilienceObjectiveSpec): Objective => {
  const base = {
    id: spec.name,
    title: spec.title,
    gate: spec.gate ?? 'required',
    source: spec.source ?? gameDaySource,
    targetText: `${opText[spec.op]} ${valueText(spec.value, spec.unit)}`,
  }
  const { op, value, unit, measure } = spec
  const unused = Object.keys(usedBy).find(
    (key) => spec[key as UsedKey] !== undefined && !usedBy[key as UsedKey](measure),
  )
  if (unused !== undefined)
    throw new HoldfastError(`${unused}: says nothing for measure ${measure}`, { hint: `Leave ${unused} out.` })
  if (measure === 'gauge' || measure === 'rate') {
    const series = spec.series ?? (spec.query === undefined ? undefined : prometheusSeries(spec.name))
    if (series === undefined) {
      throw new HoldfastError('series: is missing', {
        hint: 'Name a series of /metrics, or write a query for Prometheus.',
      })
    }
    if (measure === 'rate' && spec.query !== undefined && !/rate|deriv|delta|increase/i.test(spec.query)) {
      throw new HoldfastError('query: gives no rate', {
        hint: 'Write the rate per second itself, for instance sum(rate(requests_total[1m])).',
      })
    }
    if (measure === 'gauge' && spec.aggregate === undefined) {
      throw new HoldfastError('aggregate: is missing', { hint: 'Allowed: max, min, mean, last, p95.' })
    }
    return {
      ...base,
      kind: 'gauge',
      phases: spec.phases ?? (measure === 'rate' ? healthyPhases : everyPhase),
      series,
      ...(spec.query === undefined ? {} : { query: spec.query }),
      ...(spec.component === undefined ? {} : { component: spec.component }),
      aggregate: spec.aggregate ?? 'rate',
      op,
      value,
      unit,
      ...(spec.whileSeries === undefined ? {} : { whileSeries: spec.whileSeries }),
      minSamples: spec.minSamples ?? 5,
    }
  }
  if (measure === 'reactionTime') return reactionOf(base, spec)
  if (measure === 'memoryGrowth') {
    if (op !== 'lt' && op !== 'lte')
      throw new HoldfastError(`op: ${op} is not read for memoryGrowth`, { hint: 'Write lt.' })
    if (unit !== 'megabytesPerHour')
      throw new HoldfastError(`unit: ${unit} does not fit memoryGrowth`, { hint: 'Allowed: megabytesPerHour.' })
    return {
      ...base,
      kind: 'growth',
      phases: ['steady'],
      series: spec.series ?? 'process_resident_bytes',
      ...(spec.component === undefined ? {} : { component: spec.component }),
      op,
      value: value * 1e6,
      minSeconds: spec.minSeconds ?? 300,
    }
  }
  if (measure === 'badCount') {
    if (op !== 'lt' && op !== 'lte')
      throw new HoldfastError(`op: ${op} is not read for badCount`, { hint: 'Write lte.' })
    if (unit !== 'count') throw new HoldfastError(`unit: ${unit} does not fit badCount`, { hint: 'Allowed: count.' })
    const sli = { metric: spec.metric ?? requestMetric, ...(spec.requests ? { names: spec.requests } : {}) }
    return {
      ...base,
      kind: 'count',
      phases: spec.phases ?? healthyPhases,
      sli,
      op,
      value,
      minSamples: spec.minSamples ?? 1,
    }
  }
  const [factor, allowed] = baseUnits[kindOfMeasure[measure]]
  const scale = factor[unit]
  if (scale === undefined)
    throw new HoldfastError(`unit: ${unit} does not fit ${measure}`, { hint: `Allowed: ${allowed}.` })
  // Of everything that is measured under a fault less is better, but for the time until users feel it.
  if ((op === 'gt' || op === 'gte') && measure !== 'timeToImpact')
    throw new HoldfastError(`op: ${op} would hold the better, the worse ${measure} is`, { hint: 'Write lt or lte.' })
  if (measure === 'maxErrorRatio' && (value * scale > 1 || (value * scale === 1 && op === 'lte')))
    throw new HoldfastError(`value: an error ratio is never above ${valueText(1, 'ratio')}: this holds always`, {
      hint: 'Write 0.05 with unit ratio, or 5 with unit percent.',
    })
  return {
    ...base,
    kind: 'resilience',
    phases: ['fault'],
    measure,
    op,
    value: value * scale,
    unit,
    sliIds: [spec.sli ?? []].flat(),
  }
}

/** @throws HoldfastError whose message starts with the key that is wrong. */
const reactionOf = (
  base: Pick<Objective, 'id' | 'title' | 'gate' | 'source' | 'targetText'>,
  spec: ResilienceObjectiveSpec,
): ReactionObjective => {
  const { series = spec.query === undefined ? undefined : prometheusSeries(spec.name), op, unit, reaches, after } = spec
  if (series === undefined) {
    throw new HoldfastError('series: is missing', { hint: 'Name a sampled series, or write a query for Prometheus.' })
  }
  if (reaches === undefined) {
    throw new HoldfastError('reaches: is missing', { hint: 'Write when the reaction is there: { op: gte, value: 1 }.' })
  }
  if (after === undefined) {
    throw new HoldfastError('after: is missing', {
      hint: 'Allowed: impact, injection, removal, or a series with op and value.',
    })
  }
  if (op !== 'lt' && op !== 'lte')
    throw new HoldfastError(`op: ${op} is not read for reactionTime`, { hint: 'Write lte.' })
  const [factor, allowed] = baseUnits.time
  const scale = factor[unit]
  if (scale === undefined)
    throw new HoldfastError(`unit: ${unit} does not fit reactionTime`, { hint: `Allowed: ${allowed}.` })
  return {
    ...base,
    kind: 'reaction',
    phases: everyPhase,
    series,
    ...(spec.query === undefined ? {} : { query: spec.query }),
    ...(spec.component === undefined ? {} : { component: spec.component }),
    reaches,
    after:
      typeof after === 'string'
        ? after
        : {
            series: after.series,
            op: after.op,
            value: after.value,
            ...(after.component === undefined ? {} : { component: after.component }),
          },
    until: spec.until ?? 'first',
    quiet: spec.quiet ?? false,
    op,
    withinMs: spec.value * scale,
  }
}

/** `500 ms`, `100 MB`, `0`. */
export const valueText = (value: number, unit: Unit): string => {
  if (unit === 'bytes') return value >= 1e6 ? `${numberText(value / 1e6)} MB` : `${numberText(value)} B`
  if (unit === 'ratio') return `${trimmed(value * 100)} %`
  if (unit === 's' && value >= 3600 && value % 3600 === 0) return `${value / 3600} h`
  if (unit === 's' && value >= 120 && value % 60 === 0) return `${value / 60} min`
  return `${numberText(value)}${{ s: ' s', ms: ' ms', percent: ' %', count: '', perSecond: '/s', megabytesPerHour: ' MB/h' }[unit]}`
}

const selectorOf = ({ metric, requests, scenarios }: Binding) => ({
  metric,
  ...(requests === undefined ? {} : { names: requests }),
  ...(scenarios === undefined ? {} : { scenarios }),
})

const unitUs = { us: 1, ms: 1000, s: 1_000_000 } as const

type UsedKey =
  | 'series'
  | 'query'
  | 'component'
  | 'aggregate'
  | 'whileSeries'
  | 'requests'
  | 'metric'
  | 'sli'
  | 'minSamples'
  | 'minSeconds'
  | 'phases'
  | 'reaches'
  | 'after'
  | 'until'
  | 'quiet'
type AnyMeasure = ResilienceObjectiveSpec['measure']
const ofReaction = (measure: AnyMeasure) => measure === 'reactionTime'
const ofGrowth = (measure: AnyMeasure) => measure === 'memoryGrowth'
const ofGauge = (measure: AnyMeasure) => measure === 'gauge' || measure === 'rate'
const ofSeries = (measure: AnyMeasure) => ofGauge(measure) || ofReaction(measure)
const ofRun = (measure: AnyMeasure) => ofGauge(measure) || measure === 'badCount'
/** Which measures a key belongs to; elsewhere it would be read as a promise that nobody keeps. */
const usedBy: Record<UsedKey, (measure: AnyMeasure) => boolean> = {
  series: (measure) => ofSeries(measure) || ofGrowth(measure),
  query: ofSeries,
  component: (measure) => ofSeries(measure) || ofGrowth(measure),
  aggregate: (measure) => measure === 'gauge',
  whileSeries: ofGauge,
  requests: (measure) => measure === 'badCount',
  metric: (measure) => measure === 'badCount',
  sli: (measure) => !ofRun(measure) && !ofReaction(measure) && !ofGrowth(measure),
  minSeconds: ofGrowth,
  minSamples: ofRun,
  phases: ofRun,
  reaches: ofReaction,
  after: ofReaction,
  until: ofReaction,
  quiet: ofReaction,
}

const kindOfMeasure = {
  recoveryTime: 'time',
  rto: 'time',
  timeToImpact: 'time',
  degradedSeconds: 'time',
  rpo: 'time',
  latencyP95: 'time',
  latencyP99: 'time',
  resilienceLoss: 'time',
  budgetConsumed: 'ratio',
  maxErrorRatio: 'ratio',
  lostWrites: 'count',
  duplicates: 'count',
} as const

const baseUnits: Record<'time' | 'ratio' | 'count', [factor: Partial<Record<Unit, number>>, allowed: string]> = {
  time: [{ ms: 1, s: 1000 }, 's, ms'],
  ratio: [{ ratio: 1, percent: 0.01 }, 'ratio, percent'],
  count: [{ count: 1 }, 'count'],
}

const numberText = (value: number): string => value.toLocaleString('en', { maximumFractionDigits: 3 })
const trimmed = (value: number): string => String(Number(value.toFixed(4)))
