import { z } from 'zod'
import type { ResilienceObjectiveSpec } from './slo.ts'
import { measures, phaseNames, units } from './slo.ts'

const condition = { op: z.enum(['lt', 'lte', 'gt', 'gte']), value: z.number() }

/** What a ResilienceObjective may say beside its name and title; the SLO document and game days share it. */
export const objectiveShape = {
  measure: z.enum(measures),
  op: z.enum(['lt', 'lte', 'gt', 'gte']),
  value: z.number(),
  unit: z.enum(units),
  gate: z.enum(['required', 'advisory', 'info']).optional(),
  source: z.string().min(1).optional(),
  sli: z.union([z.string().min(1), z.array(z.string().min(1)).min(1)]).optional(),
  series: z.string().min(1).optional(),
  query: z.string().min(1).optional(),
  component: z.string().min(1).optional(),
  aggregate: z.enum(['max', 'min', 'mean', 'last', 'p95']).optional(),
  whileSeries: z.string().min(1).optional(),
  requests: z.array(z.string().min(1)).min(1).optional(),
  metric: z.string().min(1).optional(),
  reaches: z.strictObject(condition).optional(),
  after: z
    .union([
      z.enum(['impact', 'injection', 'removal']),
      z.strictObject({ series: z.string().min(1), component: z.string().min(1).optional(), ...condition }),
    ])
    .optional(),
  until: z.enum(['first', 'lasting']).optional(),
  quiet: z.boolean().optional(),
  phases: z.array(z.enum(phaseNames)).min(1).optional(),
  minSeconds: z.int().min(10, 'must be at least 10').optional(),
  minSamples: z.int().min(1, 'must be at least 1').optional(),
}

/** An objective as a game day writes it. */
export const objectiveSchema: z.ZodType<ResilienceObjectiveSpec> = z.strictObject({
  name: z.string().regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, 'must be lower-case words joined by hyphens'),
  title: z.string().min(1),
  ...objectiveShape,
})

type Options = Pick<ResilienceObjectiveSpec, 'gate' | 'source'> & { name?: string; title?: string }

/** No acknowledged write may be missing in the final read. */
export const noLostWrites = (options: Options = {}): ResilienceObjectiveSpec => ({
  name: 'no-lost-writes',
  title: 'Acknowledged writes lost',
  measure: 'lostWrites',
  op: 'lte',
  value: 0,
  unit: 'count',
  ...options,
})

/** No effect (an e-mail, say) may happen twice. */
export const noDuplicates = (options: Options = {}): ResilienceObjectiveSpec => ({
  name: 'no-duplicates',
  title: 'Effects that happened twice',
  measure: 'duplicates',
  op: 'lte',
  value: 0,
  unit: 'count',
  ...options,
})

/** After every fault users fare well again within so many seconds. `sli`: by these SLOs; by all required ones otherwise. */
export const recoveryWithin = (
  seconds: number,
  options: Options & { sli?: string | string[] } = {},
): ResilienceObjectiveSpec => ({
  name: 'recovery-time',
  title: 'Recovery time',
  measure: 'recoveryTime',
  op: 'lt',
  value: seconds,
  unit: 's',
  ...options,
})

/** While degraded, this percentile of an SLO's requests stays below a bound: failing fast, not hanging. */
export const latencyWhileDegraded = (
  percentile: 95 | 99,
  belowMs: number,
  sli: string,
  options: Options = {},
): ResilienceObjectiveSpec => ({
  name: 'latency-while-degraded',
  title: `p${percentile} of ${sli} while degraded`,
  measure: percentile === 95 ? 'latencyP95' : 'latencyP99',
  op: 'lt',
  value: belowMs,
  unit: 'ms',
  sli,
  ...options,
})

/** Every one of these requests must be answered as expected. */
export const noBadAnswers = (
  name: string,
  title: string,
  requests: string[],
  options: Options & { minSamples?: number } = {},
): ResilienceObjectiveSpec => ({
  name,
  title,
  measure: 'badCount',
  op: 'lte',
  value: 0,
  unit: 'count',
  requests,
  ...options,
})

/** Whatever happens, nothing of this metric (an event's arrival, say) may stay away; late is not missing. */
export const nothingMissed = (
  name: string,
  title: string,
  metric: string,
  options: Options & { minSamples?: number } = {},
): ResilienceObjectiveSpec => ({
  name,
  title,
  measure: 'badCount',
  metric,
  phases: ['steady', 'fault', 'recovered'],
  op: 'lte',
  value: 0,
  unit: 'count',
  minSamples: 5,
  ...options,
})

/** The memory of a component (of every one unless named) grows by less than so many megabytes an hour. */
export const memoryGrowthBelow = (
  megabytesPerHour: number,
  options: Options & Pick<ResilienceObjectiveSpec, 'component' | 'minSeconds'> = {},
): ResilienceObjectiveSpec => ({
  name: 'memory-growth',
  title: 'Memory growth',
  measure: 'memoryGrowth',
  op: 'lt',
  value: megabytesPerHour,
  unit: 'megabytesPerHour',
  ...options,
})

/** A sampled series stays below a bound, in every phase that the sampler saw. */
export const gaugeBelow = (
  name: string,
  title: string,
  gauge: { series: string; component?: string; below: number; unit: ResilienceObjectiveSpec['unit'] },
  options: Options & Pick<ResilienceObjectiveSpec, 'phases' | 'minSamples'> = {},
): ResilienceObjectiveSpec => ({
  name,
  title,
  measure: 'gauge',
  aggregate: 'max',
  op: 'lt',
  value: gauge.below,
  unit: gauge.unit,
  series: gauge.series,
  ...(gauge.component === undefined ? {} : { component: gauge.component }),
  ...options,
})

/**
 * A named alert of the owners' Prometheus fires within so many seconds of a fault's impact, and is silent in
 * steady state. Needs `--prometheus`; the time is known to a scrape and an evaluation of the rule.
 */
export const alertFiresWithin = (alert: string, seconds: number, options: Options = {}): ResilienceObjectiveSpec => ({
  name: `alert-${alert.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}`,
  title: `Alert ${alert} fires`,
  measure: 'reactionTime',
  op: 'lte',
  value: seconds,
  unit: 's',
  // Without an alert there is no series: the rest makes "not firing" a zero, so that silence is told from no answer.
  query: `max(ALERTS{alertname="${alert}",alertstate="firing"}) or vector(0)`,
  reaches: { op: 'gte', value: 1 },
  after: 'impact',
  quiet: true,
  ...options,
})

const readyReplicasWithin = (component: string, replicas: number, seconds: number) =>
  ({
    measure: 'reactionTime',
    op: 'lte',
    value: seconds,
    unit: 's',
    series: 'ready_replicas',
    component,
    reaches: { op: 'gte', value: replicas },
  }) as const

/** A component has so many ready pods again, for good, within so many seconds of each fault's injection. */
export const replicasBackWithin = (
  component: string,
  replicas: number,
  seconds: number,
  options: Options = {},
): ResilienceObjectiveSpec => ({
  name: `${component}-replicas-back`,
  title: `${replicas} ready replicas of ${component} again`,
  ...readyReplicasWithin(component, replicas, seconds),
  after: 'injection',
  until: 'lasting',
  ...options,
})

/** The containers of a component's pods are restarted at most so many times in the whole run. */
export const restartsAtMost = (
  component: string,
  restarts: number,
  options: Options & Pick<ResilienceObjectiveSpec, 'phases' | 'minSamples'> = {},
): ResilienceObjectiveSpec => ({
  name: `${component}-restarts`,
  title: `Restarts of ${component}`,
  measure: 'gauge',
  aggregate: 'max',
  op: 'lte',
  value: restarts,
  unit: 'count',
  series: 'restarts',
  component,
  ...options,
})

/** The autoscaler brings a component to so many ready pods within so many seconds of a series passing its mark. */
export const scalesWithin = (
  component: string,
  replicas: number,
  seconds: number,
  mark: { series: string; component?: string; above: number },
  options: Options = {},
): ResilienceObjectiveSpec => ({
  name: `${component}-scales`,
  title: `${component} has ${replicas} ready replicas`,
  ...readyReplicasWithin(component, replicas, seconds),
  after: {
    series: mark.series,
    ...(mark.component === undefined ? {} : { component: mark.component }),
    op: 'gt',
    value: mark.above,
  },
  ...options,
})
