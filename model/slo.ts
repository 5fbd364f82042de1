/** Only `required` objectives decide the verdict; `advisory` ones are judged and shown; `info` ones are shown. */
export type Gate = 'required' | 'advisory' | 'info'

/**
 * `spec` of our own document kind, for what OpenSLO cannot express: recovery time, RPO, seconds,
 * units, phases, minimum samples, targets of 1.0. Also what a game day writes in `objectives`.
 */
export interface ResilienceObjectiveSpec {
  name: string
  title: string
  measure: Measure
  op: 'lt' | 'lte' | 'gt' | 'gte'
  value: number
  unit: Unit
  gate?: Gate | undefined
  /** The owners' words this number comes from, or 'game day'. */
  source?: string | undefined
  /** `measure: ratio | latency`: which requests (k6). Resilience measures: which SLOs' windows, of which the worst decides; default all required ones. */
  sli?: string | string[] | undefined
  /** `measure: gauge | rate`: the sampled series. */
  series?: string | undefined
  /** `measure: gauge | rate`: PromQL, asked of the server that `--prometheus` names, instead of `series`. */
  query?: string | undefined
  /** `measure: badCount`: request names; all when absent. */
  requests?: string[] | undefined
  /** `measure: badCount`: k6 metric; `holdfast_request` when absent. */
  metric?: string | undefined
  component?: string | undefined
  aggregate?: 'max' | 'min' | 'mean' | 'last' | 'p95' | undefined
  /** Only seconds in which this other series is above zero count (send rate while there is something to send). */
  whileSeries?: string | undefined
  /** `measure: reactionTime`: the reaction is there while the series is so. */
  reaches?: ConditionSpec | undefined
  /** `measure: reactionTime`: starts the clock; an edge of each fault, or another series. */
  after?:
    | 'impact'
    | 'injection'
    | 'removal'
    | (ConditionSpec & { series: string; component?: string | undefined })
    | undefined
  /** `measure: reactionTime`: `first` (default), or `lasting`: until the reaction is there for good. */
  until?: 'first' | 'lasting' | undefined
  /** `measure: reactionTime`: the reaction must not be there in steady state. */
  quiet?: boolean | undefined
  phases?: PhaseName[] | undefined
  minSamples?: number | undefined
  /** `measure: memoryGrowth`: how long one process must have been seen; 300 unless set. */
  minSeconds?: number | undefined
}

/** A bound on a sampled series. */
export interface ConditionSpec {
  op: 'lt' | 'lte' | 'gt' | 'gte'
  value: number
}

/** What a resilience objective measures, per fault unless it says otherwise. */
export const measures = [
  'recoveryTime',
  'rto',
  'timeToImpact',
  'degradedSeconds',
  'resilienceLoss',
  'budgetConsumed',
  'maxErrorRatio',
  'latencyP95',
  'latencyP99',
  'lostWrites',
  'rpo',
  'duplicates',
  'badCount',
  'gauge',
  'rate',
  'reactionTime',
  'memoryGrowth',
] as const
export type Measure = (typeof measures)[number]

export const units = ['s', 'ms', 'ratio', 'percent', 'count', 'bytes', 'perSecond', 'megabytesPerHour'] as const
export type Unit = (typeof units)[number]

export const phaseNames = ['warmUp', 'steady', 'fault', 'recovered'] as const
export type PhaseName = (typeof phaseNames)[number]
