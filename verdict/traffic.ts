import { bucketRange } from '../model/histogram.ts'
import type { ProportionObjective } from '../model/objective.ts'
import type { Plan, PlannedLoad } from '../model/plan.ts'
import type { WindowLine } from '../model/window.ts'
import { cutShortMetric, requestMetric } from '../model/window.ts'
import { bump } from './seconds.ts'
import { requestMetrics, selects } from './selector.ts'

/** What the iterations of one scenario sent and measured. */
export interface Traffic {
  /** By metric and name: samples by second of start, see `samplesOf`. */
  samples: Map<string, Uint32Array>
  /** Samples that were not ok, and iterations that say they are cut short, by second: what comes next may be missing. */
  bad: Uint32Array
  /**
   * By metric: microseconds, by second of start, that its samples took beyond what the objectives allow. A failed one
   * counts from its start, since no time at all is allowed for it.
   */
  excessUs: Map<string, Float64Array>
}

export const newTraffic = (length: number): Traffic => ({
  samples: new Map(),
  bad: new Uint32Array(length),
  excessUs: new Map(),
})

/** Adds one window of the scenario. `at` is its second as an index. */
export const addTraffic = (traffic: Traffic, at: number, line: WindowLine, allowedUs: number): void => {
  const { length } = traffic.bad
  const key = keyOf(line.metric, line.name)
  const samples = traffic.samples.get(key) ?? new Uint32Array(length)
  traffic.samples.set(key, samples)
  bump(samples, at, line.n)
  if (!line.ok || line.metric === cutShortMetric) bump(traffic.bad, at, line.n)
  const excess = line.kind === 'time' ? excessOf(line, allowedUs) : 0
  if (excess === 0) return
  const column = traffic.excessUs.get(line.metric) ?? new Float64Array(length)
  traffic.excessUs.set(line.metric, column)
  column[at] = (column[at] ?? 0) + excess
}

/**
 * Requests of a name: the helper's count, or k6's own where the scenario sends them without the helper; or samples of a
 * metric of the scripts.
 */
export const samplesOf = (traffic: Traffic | undefined, name: string, metric?: string): Uint32Array | undefined => {
  const column = (of: string) => traffic?.samples.get(keyOf(of, name))
  return metric === undefined ? (column(requestMetric) ?? column('http_req_duration')) : column(metric)
}

/** The metrics and names that there are samples of. */
export const namesOf = ({ samples }: Traffic): [metric: string, name: string][] =>
  [...samples.keys()].map((key) => {
    const [metric = '', ...name] = key.split('\n')
    return [metric, name.join('\n')]
  })

/** Microseconds of a second beyond what is allowed; requests that k6 and the helper both counted are counted once. */
export const excessAt = ({ excessUs }: Traffic, at: number): number => {
  let sum = excessUs.get(requestMetric)?.[at] ?? excessUs.get('http_req_duration')?.[at] ?? 0
  for (const [metric, column] of excessUs) if (!requestMetrics.includes(metric)) sum += column[at] ?? 0
  return sum
}

/**
 * The longest that a sample may take by the plan, in microseconds: the tightest latency objective that covers it, or else
 * the longest iteration that its scenario declares.
 */
export const allowedUs = (plan: Plan, { scenario, metric, name }: WindowLine): number => {
  const covering = plan.objectives.filter(
    (objective): objective is ProportionObjective & { thresholdUs: number } =>
      objective.kind === 'proportion' &&
      objective.thresholdUs !== null &&
      selects({ ...objective.sli, metric }, metric, scenario, name) &&
      (objective.sli.metric === metric ||
        (requestMetrics.includes(metric) && requestMetrics.includes(objective.sli.metric))),
  )
  if (covering.length > 0) return Math.min(...covering.map(({ thresholdUs }) => thresholdUs))
  const load = plan.load.find((one) => one.scenario === scenario)
  return load === undefined ? Number.POSITIVE_INFINITY : longestIterationMs(load) * 1000
}

/** Time for k6 to notice that a request has timed out; records of before the longest iteration was kept have the sum. */
const stopGraceMs = 1_000

/** The longest iteration that a scenario declares, in ms. */
export const longestIterationMs = (load: PlannedLoad): number =>
  load.longestIterationMs ?? Math.max(0, load.gracefulStopMs - stopGraceMs)

const keyOf = (metric: string, name: string): string => `${metric}\n${name}`

const excessOf = (line: WindowLine, allowed: number): number => {
  if (!line.ok) return Math.max(0, line.sum)
  if (line.max < allowed) return 0
  let sum = 0
  for (let i = 0; i < (line.hist?.length ?? 0); i += 2) {
    const [, highest] = bucketRange(line.hist?.[i] ?? 0)
    if (highest > allowed) sum += (highest - allowed) * (line.hist?.[i + 1] ?? 0)
  }
  return sum
}
