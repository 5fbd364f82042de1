import type { Gate, Measure, PhaseName, Unit } from './slo.ts'

export type { Gate } from './slo.ts'

/** Which samples of the record make up a service level indicator. */
export interface SliSelector {
  /** k6 metric: `holdfast_request`, `http_req_duration`, or a custom one. */
  metric: string
  /** Request names; all when absent. */
  names?: string[]
  scenarios?: string[]
}

interface ObjectiveBase {
  /** Unique in the plan; the `metadata.name` of the document. */
  id: string
  title: string
  gate: Gate
  /** The owners' words that the number comes from, or `game day`. */
  source: string
  /** Phases in which it gates. */
  phases: PhaseName[]
  /** As people read it: `< 500 ms`. */
  targetText: string
}

/**
 * At least `targetRatio` of the samples are good. A sample is bad when it was not ok, or (with a
 * threshold) when it took `thresholdUs` or longer. "p95 < 500 ms" is `{ targetRatio: 0.95,
 * thresholdUs: 500_000 }`; "error rate < 5 %" is `{ targetRatio: 0.95, thresholdUs: null }`.
 */
export interface ProportionObjective extends ObjectiveBase {
  kind: 'proportion'
  sli: SliSelector
  thresholdUs: number | null
  targetRatio: number
  /** What to print: the percentile's latency, the share of bad samples, or the share of good ones. */
  show: 'latency' | 'badRatio' | 'goodRatio'
  /** OpenSLO's time window, for the error budget; null when the document has none. */
  budgetWindowMs: number | null
  /** Events per second expected in production, for the error budget; null when not stated. */
  productionPerSecond: number | null
}

/** An aggregate of a sampled series (queue depth, memory, send rate) against a bound. */
export interface GaugeObjective extends ObjectiveBase {
  kind: 'gauge'
  series: string
  /** PromQL for the same, where a Prometheus server is named. */
  query?: string
  /** All components that have the series when absent; the worst one decides. */
  component?: string
  /** `rate`: increase per second of a counter, over the seconds that count. */
  aggregate: 'max' | 'min' | 'mean' | 'last' | 'p95' | 'rate'
  op: 'lt' | 'lte' | 'gt' | 'gte'
  value: number
  unit: Unit
  /** Only seconds in which this other series is above zero count. */
  whileSeries?: string
  minSamples: number
}

/** A bound on what one fault did; judged for every fault of the run. */
export interface ResilienceObjective extends ObjectiveBase {
  kind: 'resilience'
  measure: Exclude<Measure, 'gauge' | 'rate' | 'badCount' | 'reactionTime' | 'memoryGrowth'>
  op: 'lt' | 'lte' | 'gt' | 'gte'
  /** In base units: ms for times, ratio for ratios, counts. */
  value: number
  unit: Unit
  /** Proportion objectives whose GOOD and BAD windows tell how users fared. */
  sliIds: string[]
}

/** No sample of these may be bad: behaviour such as "an unsigned webhook gets 401". A target of 1.0. */
export interface CountObjective extends ObjectiveBase {
  kind: 'count'
  sli: SliSelector
  op: 'lt' | 'lte'
  value: number
  /** Fewer samples than this are no data. */
  minSamples: number
}

/** When a sampled series is where it should be, or where it should not be. */
export interface SeriesCondition {
  op: 'lt' | 'lte' | 'gt' | 'gte'
  value: number
}

/**
 * How soon something is done about a trouble: an alert fires, replicas are ready again, the autoscaler adds
 * workers. Judged for every trigger of the run; the slowest decides.
 */
export interface ReactionObjective extends ObjectiveBase {
  kind: 'reaction'
  series: string
  /** PromQL for the same, where a Prometheus server is named. */
  query?: string
  component?: string
  /** The reaction is there while the series is so. */
  reaches: SeriesCondition
  /** Starts the clock: an edge of a fault, or another series that becomes so. */
  after: 'impact' | 'injection' | 'removal' | (SeriesCondition & { series: string; component?: string })
  /** `first`: once is enough (an alert). `lasting`: for good, until the next trigger (replicas). */
  until: 'first' | 'lasting'
  /** It must not be there in steady state: an alert that always fires tells nothing. */
  quiet: boolean
  op: 'lt' | 'lte'
  withinMs: number
}

/** How fast a sampled series in bytes may grow while the load is steady: a leak shows as a slope. */
export interface GrowthObjective extends ObjectiveBase {
  kind: 'growth'
  series: string
  /** All components when absent; the one that grows fastest decides. */
  component?: string
  op: 'lt' | 'lte'
  /** Bytes per hour. */
  value: number
  /** One process must have been seen for at least so long. */
  minSeconds: number
}

export type Objective =
  | ProportionObjective
  | GaugeObjective
  | GrowthObjective
  | ResilienceObjective
  | CountObjective
  | ReactionObjective
