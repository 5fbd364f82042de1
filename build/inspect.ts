import { z } from 'zod'
import type { DeclaredNames } from '../model/declared.ts'
import { HoldfastError } from '../model/errors.ts'
import type { PlannedLoad } from '../model/plan.ts'
import type { ProfileName } from '../model/profile.ts'
import { profileNames } from '../model/profile.ts'
import { type Inspected, k6Inspect, refusalIn } from './k6-inspect.ts'

/** One entry of HOLDFAST_LOAD. */
export interface LoadRequest {
  scenario: string
  profile: ProfileName
  rateFactor: number
  durationMs?: number | undefined
}

export interface InspectOptions extends Inspected {
  load: LoadRequest[]
  runId: string
}

/**
 * What a bundle will do under this load, in k6's own words (`k6 inspect`).
 * @throws HoldfastError when k6 refuses the script, says nothing in time, or the script is not open-model.
 */
export const inspectLoad = async (options: InspectOptions): Promise<PlannedLoad[]> => {
  const { load, runId } = options
  const { scenarios } = parse(
    z.object({ scenarios: z.record(z.string(), scenarioSchema) }),
    // The address is not used before the test starts.
    await k6Inspect(options, {
      HOLDFAST_LOAD: JSON.stringify(load),
      HOLDFAST_RUN_ID: runId,
      HOLDFAST_BASE_URL: 'http://127.0.0.1',
    }),
  )
  return load.map(({ scenario, profile, rateFactor }) => {
    const found = scenarios[scenario]
    if (!found) throw new HoldfastError(`${options.bundleFile}: k6 sees no scenario "${scenario}"`)
    const rate = ratesOf(found)
    return {
      scenario,
      profile,
      rateFactor,
      durationMs: rate.at(-1)?.[0] ?? 0,
      text: textOf(rate),
      rate,
      sli: found.tags.sli,
      gracefulStopMs: goDurationMs(found.gracefulStop),
      longestIterationMs: Number(found.env.HOLDFAST_LONGEST_MS),
      vus: found.maxVUs,
      requests: perIteration.parse(JSON.parse(found.env.HOLDFAST_REQUESTS)),
      samples: z.record(z.string(), perIteration).parse(JSON.parse(found.env.HOLDFAST_SAMPLES)),
    }
  })
}

/**
 * What the scenarios of a bundle of `bundleDeclarations` declare; a file that is no scenario gives the reason.
 * @throws HoldfastError as inspectLoad.
 */
export const inspectDeclarations = async (options: Inspected): Promise<Record<string, DeclaredNames | string>> => {
  const { scenarios } = parse(
    z.object({ scenarios: z.record(z.string(), declaredSchema) }),
    await k6Inspect(options, {}),
  )
  return Object.fromEntries(
    Object.entries(scenarios).map(([name, { env }]) => {
      if ('HOLDFAST_UNREADABLE' in env)
        return [name, refusalIn(env.HOLDFAST_UNREADABLE)?.message ?? env.HOLDFAST_UNREADABLE]
      const samples = JSON.parse(env.HOLDFAST_SAMPLES) as Record<string, object>
      return [
        name,
        {
          requests: Object.keys(JSON.parse(env.HOLDFAST_REQUESTS) as object),
          samples: Object.fromEntries(Object.entries(samples).map(([metric, names]) => [metric, Object.keys(names)])),
        },
      ]
    }),
  )
}

const declaredSchema = z.object({
  env: z.union([
    z.object({ HOLDFAST_UNREADABLE: z.string() }),
    z.object({ HOLDFAST_REQUESTS: z.string(), HOLDFAST_SAMPLES: z.string() }),
  ]),
})

const common = {
  timeUnit: z.string(),
  gracefulStop: z.string(),
  preAllocatedVUs: z.number(),
  maxVUs: z.number(),
  tags: z.object({ sli: z.string() }),
  env: z.object({
    HOLDFAST_PROFILE: z.enum(profileNames),
    HOLDFAST_REQUESTS: z.string(),
    HOLDFAST_SAMPLES: z.string(),
    HOLDFAST_LONGEST_MS: z.string(),
  }),
}

const perIteration = z.record(z.string(), z.number())

const scenarioSchema = z.discriminatedUnion('executor', [
  z.object({ ...common, executor: z.literal('constant-arrival-rate'), rate: z.number(), duration: z.string() }),
  z.object({
    ...common,
    executor: z.literal('ramping-arrival-rate'),
    startRate: z.number(),
    stages: z.array(z.object({ target: z.number(), duration: z.string() })),
  }),
])
type K6Scenario = z.infer<typeof scenarioSchema>

const parse = <T>(schema: z.ZodType<T>, json: string): T => {
  const result = schema.safeParse(JSON.parse(json))
  if (result.success) return result.data
  const [issue] = result.error.issues
  throw new HoldfastError(`k6 inspect: ${issue?.path.map(String).join('.')}: ${issue?.message}`, {
    hint: 'Scenarios are declared with defineScenario: open-model arrivals, a name for the SLI, the requests.',
    cause: result.error,
  })
}

/** `[offset ms, iterations per second]`; between two points the rate is a straight line. */
const ratesOf = (scenario: K6Scenario): PlannedLoad['rate'] => {
  const unitSeconds = goDurationMs(scenario.timeUnit) / 1000
  if (scenario.executor === 'constant-arrival-rate') {
    const perSecond = scenario.rate / unitSeconds
    return [
      [0, perSecond],
      [goDurationMs(scenario.duration), perSecond],
    ]
  }
  let atMs = 0
  return [
    [0, scenario.startRate / unitSeconds],
    ...scenario.stages.map(({ target, duration }): [number, number] => {
      atMs += goDurationMs(duration)
      return [atMs, target / unitSeconds]
    }),
  ]
}

/** `200/s for 1 min 30 s`, `1,000/h for 1 h`, `2/s to 17/s for 1 min`. */
const textOf = (rate: PlannedLoad['rate']): string => {
  const rates = rate.map(([, perSecond]) => perSecond)
  const low = Math.min(...rates)
  const high = Math.max(...rates)
  const range = low === high ? rateText(high) : `${rateText(low)} to ${rateText(high)}`
  return `${range} for ${lengthText(rate.at(-1)?.[0] ?? 0)}`
}

const rateText = (perSecond: number): string =>
  perSecond >= 1
    ? `${(Math.round(perSecond * 10) / 10).toLocaleString('en')}/s`
    : `${Math.round(perSecond * 3600).toLocaleString('en')}/h`

const lengthText = (ms: number): string => {
  const seconds = Math.round(ms / 100) / 10
  const h = Math.floor(seconds / 3600)
  const min = Math.floor((seconds % 3600) / 60)
  const s = Math.round((seconds % 60) * 10) / 10
  return [h > 0 ? `${h} h` : '', min > 0 ? `${min} min` : '', s > 0 || seconds === 0 ? `${s} s` : '']
    .filter(Boolean)
    .join(' ')
}

/** Milliseconds of a duration as Go prints it: `1h0m0s`, `2.5s`, `300ms`. */
export const goDurationMs = (text: string): number => {
  const unitMs: Record<string, number> = { h: 3_600_000, m: 60_000, s: 1000, ms: 1, µs: 0.001, us: 0.001, ns: 1e-6 }
  const parts = [...text.matchAll(/(\d+(?:\.\d+)?)(ms|µs|us|ns|h|m|s)/g)]
  if (parts.length === 0 || parts.map(([part]) => part).join('') !== text) {
    throw new HoldfastError(`k6 inspect: "${text}" is not a duration`)
  }
  return parts.reduce((sum, [, number, unit]) => sum + Number(number) * (unitMs[unit ?? ''] ?? Number.NaN), 0)
}
