import { z } from 'zod'
import { objectiveShape } from '../model/objectives.ts'

/** OpenSLO v1 as its specification has it, and our own kind. What we do not read may hold anything. */

const metadata = z.object({
  name: z.string().regex(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/, 'must be lower-case letters, digits and hyphens'),
  displayName: z.string().optional(),
  labels: z.record(z.string(), z.unknown()).optional(),
  annotations: z.record(z.string(), z.string()).optional(),
})

/** Our binding: which samples of a k6 metric. */
export const bindingSchema = z.strictObject({
  metric: z.string().min(1),
  unit: z.enum(['us', 'ms', 's']).optional(),
  requests: z.array(z.string().min(1)).min(1).optional(),
  scenarios: z.array(z.string().min(1)).min(1).optional(),
})
export type Binding = z.infer<typeof bindingSchema>

const source = z.object({
  metricSource: z.object({
    metricSourceRef: z.string().optional(),
    type: z.literal('holdfast'),
    spec: bindingSchema,
  }),
})

const ratioMetric = z
  .strictObject({
    counter: z.boolean(),
    good: source.optional(),
    bad: source.optional(),
    total: source,
  })
  .refine(
    (ratio) => (ratio.good === undefined) !== (ratio.bad === undefined),
    'needs good or bad, and only one of them',
  )

const indicatorSpec = z
  .strictObject({
    description: z.string().optional(),
    thresholdMetric: source.optional(),
    ratioMetric: ratioMetric.optional(),
  })
  .refine(
    (spec) => (spec.thresholdMetric === undefined) !== (spec.ratioMetric === undefined),
    'needs thresholdMetric or ratioMetric, and only one of them',
  )
export type IndicatorSpec = z.infer<typeof indicatorSpec>

const objective = z.strictObject({
  displayName: z.string().optional(),
  op: z.enum(['lt', 'lte', 'gt', 'gte']).optional(),
  value: z.number().positive('must be above 0').optional(),
  target: z.number().gt(0, 'must be above 0').lt(1, 'must be below 1; write p95 as 0.95').optional(),
  targetPercent: z.number().gt(0, 'must be above 0').lt(100, 'must be below 100').optional(),
  compositeWeight: z.number().optional(),
})
export type OpenSloObjective = z.infer<typeof objective>

const timeWindow = z.object({
  duration: z.string().regex(/^\d+[mhdwMQY]$/, 'must be a whole number and m, h, d, w, M, Q or Y'),
  isRolling: z.boolean().optional(),
  calendar: z.object({ startTime: z.string(), timeZone: z.string() }).optional(),
})

export const sloSchema = z.object({
  apiVersion: z.literal('openslo/v1'),
  kind: z.literal('SLO'),
  metadata,
  spec: z
    .strictObject({
      description: z.string().optional(),
      service: z.string(),
      indicator: z.object({ metadata: metadata.optional(), spec: indicatorSpec }).optional(),
      indicatorRef: z.string().optional(),
      timeWindow: z.array(timeWindow).max(1, 'may hold one window').optional(),
      budgetingMethod: z.literal('Occurrences', 'only Occurrences is read'),
      objectives: z.array(objective).min(1, 'must hold an objective'),
      alertPolicies: z.array(z.unknown()).optional(),
    })
    .refine(
      (spec) => (spec.indicator === undefined) !== (spec.indicatorRef === undefined),
      'needs indicator or indicatorRef, and only one of them',
    ),
})
export type SloDocument = z.infer<typeof sloSchema>

/** `kind: SLI`, which an SLO may refer to by name. */
export const sliSchema = z.object({
  apiVersion: z.literal('openslo/v1'),
  kind: z.literal('SLI'),
  metadata,
  spec: indicatorSpec,
})

/** Kinds of OpenSLO v1 that say nothing a load test can judge. */
export const ignoredKinds = ['DataSource', 'Service', 'AlertPolicy', 'AlertCondition', 'AlertNotificationTarget']

export const resilienceApiVersion = 'holdfast.dev/v1'

export const resilienceSchema = z.strictObject({
  apiVersion: z.literal(resilienceApiVersion),
  kind: z.literal('ResilienceObjective'),
  metadata,
  spec: z.strictObject(objectiveShape),
})

/** A number that the owners document and nothing here checks, with the reason: so that nobody takes it for checked. */
export const uncheckedSchema = z.strictObject({
  apiVersion: z.literal(resilienceApiVersion),
  kind: z.literal('UncheckedTarget'),
  metadata,
  spec: z.strictObject({ source: z.string().min(1), reason: z.string().min(1) }),
})

/** JSON Schema (draft 2020-12) of one document of an SLO file; `docs/schemas/slo.schema.json` holds it, for editors. */
export const sloJsonSchema = (): object => ({
  title: 'Holdfast SLO document',
  description: 'OpenSLO v1 as far as Holdfast reads it, and ResilienceObjective and UncheckedTarget (holdfast.dev/v1).',
  ...z.toJSONSchema(
    z.union([
      sloSchema,
      sliSchema,
      resilienceSchema,
      uncheckedSchema,
      z.looseObject({ apiVersion: z.literal('openslo/v1'), kind: z.enum(ignoredKinds) }),
    ]),
    { io: 'input', reused: 'ref' },
  ),
})
