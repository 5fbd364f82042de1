import { z } from 'zod'
import { plannedCapacity } from './capacity-schema.ts'
import type { Plan } from './plan.ts'
import { profileNames } from './profile.ts'
import { measures, phaseNames } from './slo.ts'
import { environments } from './system.ts'

const texts = z.array(z.string()).max(5_000)
/** A run is at most a week long: what judging one takes grows with it. */
const longestMs = 7 * 86_400_000
const duration = z.number().min(0).max(longestMs)
const span = z
  .object({ startMs: duration, endMs: duration })
  .refine(({ startMs, endMs }) => startMs <= endMs, 'ends before it begins')
/** Of all scenarios together: some work is done for each second and each of them. */
const mostRatePoints = 1_000
const perIteration = z.number().min(0).max(1e6)
const gate = z.enum(['required', 'advisory', 'info'])
const sli = z.object({ metric: z.string(), names: texts.optional(), scenarios: texts.optional() })
const op = z.enum(['lt', 'lte', 'gt', 'gte'])

const objectiveBase = {
  id: z.string(),
  title: z.string(),
  gate,
  source: z.string(),
  phases: z.array(z.enum(phaseNames)),
  targetText: z.string(),
}
const objective = z.discriminatedUnion('kind', [
  z.object({
    ...objectiveBase,
    kind: z.literal('proportion'),
    sli,
    thresholdUs: z.number().positive().nullable(),
    targetRatio: z.number().positive().max(1),
    show: z.enum(['latency', 'badRatio', 'goodRatio']),
  }),
  z.object({
    ...objectiveBase,
    kind: z.literal('gauge'),
    series: z.string(),
    query: z.string().exactOptional(),
    aggregate: z.string(),
    op,
    value: z.number(),
    unit: z.string(),
    minSamples: z.number(),
  }),
  z.object({
    ...objectiveBase,
    kind: z.literal('growth'),
    series: z.string(),
    op,
    value: z.number(),
    minSeconds: z.number(),
  }),
  z.object({
    ...objectiveBase,
    kind: z.literal('resilience'),
    measure: z.enum(measures),
    op,
    value: z.number(),
    sliIds: texts,
  }),
  z.object({
    ...objectiveBase,
    kind: z.literal('reaction'),
    series: z.string(),
    query: z.string().exactOptional(),
    reaches: z.object({ op, value: z.number() }),
    after: z.union([
      z.enum(['impact', 'injection', 'removal']),
      z.object({ series: z.string(), component: z.string().exactOptional(), op, value: z.number() }),
    ]),
    until: z.enum(['first', 'lasting']),
    quiet: z.boolean(),
    op,
    withinMs: z.number(),
  }),
  z.object({
    ...objectiveBase,
    kind: z.literal('count'),
    sli,
    op,
    value: z.number(),
    minSamples: z.number(),
  }),
])

const load = z.object({
  scenario: z.string(),
  profile: z.string(),
  rateFactor: z.number().positive().max(1e6),
  durationMs: duration,
  text: z.string(),
  rate: z.array(z.tuple([duration, z.number().min(0).max(1e7)])),
  sli: z.string(),
  gracefulStopMs: duration,
  longestIterationMs: duration.exactOptional(),
  vus: z.number().int().min(0).max(1e7).exactOptional(),
  requests: z.record(z.string(), perIteration),
  samples: z.record(z.string(), z.record(z.string(), perIteration)).exactOptional(),
})

const fault = z.object({
  id: z.string(),
  kind: z.string(),
  label: z.string(),
  oneShot: z.boolean(),
  target: z.object({ kind: z.string() }),
  atMs: duration,
  holdMs: duration.nullable(),
  injections: z.array(z.object({ driver: z.string() })),
  hits: z.array(z.object({ end: z.enum(['target', 'peer']), pods: texts, most: z.number() })).optional(),
})

/** What judging and reporting read of a `plan.json`; more may stand there. */
export const planSchema = z.object({
  runId: z.string(),
  gameDay: z.string(),
  title: z.string(),
  purpose: z.string(),
  system: z.object({ name: z.string(), title: z.string(), standsFor: texts }),
  environment: z.enum(environments),
  cluster: z.object({ context: z.string().nullable(), namespace: z.string(), server: z.string() }).optional(),
  baseUrl: z.string().exactOptional(),
  profile: z.enum(profileNames),
  requireProof: z.boolean(),
  stopWhenDecided: z.literal(true).exactOptional(),
  phases: z
    .object({ warmUp: span, steady: span, faults: span, recovery: span })
    .refine(
      ({ warmUp, steady, faults, recovery }) =>
        warmUp.endMs <= steady.startMs && steady.endMs <= faults.startMs && faults.endMs <= recovery.startMs,
      'phases overlap or are out of order',
    ),
  stableForMs: duration,
  load: z
    .array(load)
    .max(100)
    .refine(
      (all) => all.reduce((sum, { rate }) => sum + rate.length, 0) <= mostRatePoints,
      'has too many points of its rates',
    ),
  faults: z.array(fault).max(200),
  guards: z.array(z.object({ kind: z.string() })),
  objectives: z.array(objective).max(200),
  expectations: z.array(
    z.object({
      objective: z.string(),
      text: z.string(),
      provable: z.boolean(),
      notJudged: z.object({ gate, reason: z.string() }).exactOptional(),
    }),
  ),
  leavesOut: texts.exactOptional(),
  declared: z
    .object({
      scenarios: z.record(z.string(), z.object({ requests: texts, samples: z.record(z.string(), texts) })),
      unreadable: z.record(z.string(), z.string()),
      series: z.record(z.string(), texts.nullable()),
    })
    .exactOptional(),
  baseline: z.object({ runs: texts, gates: z.boolean() }).exactOptional(),
  capacity: plannedCapacity.exactOptional(),
  prometheus: z.object({ url: z.string(), stepMs: z.number().positive() }).exactOptional(),
  weaknesses: texts,
  systemOptions: z.record(z.string(), z.string()),
  bundle: z.object({ sha256: z.string() }),
  slo: z.object({ file: z.string(), sha256: z.string() }),
  provenance: z.object({
    holdfast: z.string(),
    gitCommit: z.string().nullable(),
    command: z.string(),
    node: z.string(),
    k6: z.string(),
    platform: z.string(),
    tools: z.record(z.string(), z.string()),
  }),
})

/** Compiles only while every plan fits the schema. */
const plansFit: (plan: Plan) => z.infer<typeof planSchema> = (plan) => plan
void plansFit
