import { z } from 'zod'

const maybe = z.number().nullable()

export const capacityStep = z.strictObject({
  factor: z.number().positive(),
  state: z.enum(['held', 'broke', 'unclear', 'not-offered']),
  reason: z.string(),
  offeredPerSecond: z.number(),
  achievedPerSecond: z.number(),
  p50Ms: maybe,
  p95Ms: maybe,
  errorRatio: maybe,
  saturation: z.array(z.strictObject({ resource: z.string(), ratio: z.number() })),
})

export const plannedCapacity = z.strictObject({ factor: z.number(), upTo: z.number(), steps: z.array(capacityStep) })

/** `capacity` of a verdict. */
export const capacitySchema = z
  .strictObject({
    holdsPerSecond: maybe,
    interval: z.strictObject({ low: maybe, high: maybe, text: z.string() }).describe('High is null where it is open.'),
    limit: z.enum(['objective', 'generator', 'maximum', 'unclear']),
    sentence: z.string(),
    knee: z.strictObject({ perSecond: z.number(), p95Ms: z.number(), text: z.string() }).nullable(),
    bottleneck: z.string(),
    steps: z.array(capacityStep),
  })
  .describe('The highest rate that holds, with its interval, and what gives way above it.')
