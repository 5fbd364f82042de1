import { z } from 'zod'
import { phaseNames } from './slo.ts'
import type { Charts } from './verdict.ts'

/** Seconds from the start of the load: a run is at most a week long, and its lead may be drawn. */
const second = z
  .number()
  .min(-86_400)
  .max(8 * 86_400)
const amount = z.number()
const maybe = amount.nullable()
const text = z.string()
const seconds = z.array(second)
const amounts = z.array(amount)
const maybes = z.array(maybe)
const percentiles = z.array(z.looseObject({ p: z.number().min(0).max(1), ms: amount }))

/** A series and what is drawn over its times have one length. */
const sameLength = (...names: string[]) =>
  [
    (curve: Record<string, unknown>) =>
      names.every((name) => (curve[name] as unknown[]).length === (curve.t as unknown[]).length),
    `has other times than values`,
  ] as const

/** `charts.json`, as reports draw it. */
export const chartsSchema: z.ZodType<Charts> = z.looseObject({
  schemaVersion: z.number(),
  stepSeconds: z.number().positive(),
  rate: z.looseObject({ t: seconds, offered: amounts, achieved: amounts }).refine(...sameLength('offered', 'achieved')),
  latency: z
    .looseObject({ t: seconds, p50: maybes, p95: maybes, p99: maybes })
    .refine(...sameLength('p50', 'p95', 'p99')),
  errors: z.looseObject({ t: seconds, ratio: maybes }).refine(...sameLength('ratio')),
  sloLines: z.array(z.looseObject({ label: text, ms: amount })),
  heatmap: z.array(z.looseObject({ t: second, tEnd: second, lowMs: amount, highMs: amount, n: z.number().min(0) })),
  percentiles,
  baselinePercentiles: percentiles.exactOptional(),
  usage: z
    .array(
      z.looseObject({
        title: text,
        unit: text,
        t: seconds,
        lines: z.array(z.looseObject({ component: text, value: maybes })),
        more: z.number().int().min(0),
      }),
    )
    .exactOptional(),
  resources: z.array(
    z
      .looseObject({
        title: text,
        unit: text,
        t: seconds,
        value: maybes,
        limit: z.looseObject({ value: amount, text }).exactOptional(),
      })
      .refine(...sameLength('value')),
  ),
  faultBands: z.array(
    z.looseObject({ id: text, label: text, startS: second, endS: second, recoveredS: second.nullable() }),
  ),
  phases: z.array(z.looseObject({ phase: z.enum(phaseNames), startS: second, endS: second })),
})
