import { execFile } from 'node:child_process'
import { z } from 'zod'
import { HoldfastError } from '../model/errors.ts'
import type { PlannedLoad } from '../model/plan.ts'
import type { ProfileName } from '../model/profile.ts'
import { profileNames } from '../model/profile.ts'
import { k6Arguments, k6Environment, missingExtensions } from './k6-settings.ts'

/** One entry of HOLDFAST_LOAD. */
export interface LoadRequest {
  scenario: string
  profile: ProfileName
  rateFactor: number
  durationMs?: number | undefined
}

export interface InspectOptions {
  /** Path of the k6 binary. */
  k6: string
  bundleFile: string
  load: LoadRequest[]
  runId: string
  /** k6 has this long to read the script; a script can make it spin for ever. */
  deadlineMs?: number
}

/**
 * What a bundle will do under this load, in k6's own words (`k6 inspect`).
 * @throws HoldfastError when k6 refuses the script, says nothing in time, or the script is not open-model.
 */
export const inspectLoad = async (options: InspectOptions): Promise<PlannedLoad[]> => {
  const { scenarios } = parse(await k6Inspect(options))
  return options.load.map(({ scenario, profile, rateFactor }) => {
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
      requests: perIteration.parse(JSON.parse(found.env.HOLDFAST_REQUESTS)),
      samples: z.record(z.string(), perIteration).parse(JSON.parse(found.env.HOLDFAST_SAMPLES)),
    }
  })
}

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

const parse = (json: string): { scenarios: Record<string, K6Scenario> } => {
  const result = z.object({ scenarios: z.record(z.string(), scenarioSchema) }).safeParse(JSON.parse(json))
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

const k6Inspect = ({ k6, bundleFile, load, runId, deadlineMs = 20_000 }: InspectOptions): Promise<string> => {
  // The address is not used before the test starts.
  const env = { HOLDFAST_LOAD: JSON.stringify(load), HOLDFAST_RUN_ID: runId, HOLDFAST_BASE_URL: 'http://127.0.0.1' }
  const args = ['inspect', '--execution-requirements', ...Object.entries(env).flatMap(([k, v]) => ['-e', `${k}=${v}`])]
  return new Promise((resolve, reject) => {
    execFile(
      k6,
      [...args, ...k6Arguments, bundleFile],
      { timeout: deadlineMs, killSignal: 'SIGKILL', maxBuffer: 10_000_000, env: k6Environment },
      (error, stdout, stderr) => {
        if (!error) return resolve(stdout)
        const missing = missingExtensions(lastError(stderr) ?? '')
        if (missing.length > 0) return reject(extensionError(missing, error))
        const text =
          error.code === 'ENOENT'
            ? `k6 is missing: ${k6} is not there`
            : error.killed
              ? `k6 did not read ${bundleFile} within ${deadlineMs / 1000} s`
              : `k6 refuses the scenarios: ${lastError(stderr) ?? error.message}`
        reject(new HoldfastError(text, { cause: error, hint: 'Try `holdfast doctor`.' }))
      },
    )
  })
}

const extensionError = (names: string[], cause: unknown): HoldfastError =>
  new HoldfastError(`the scenarios import ${names.join(', ')}, which this k6 does not have`, {
    hint: 'Extensions are compiled in: require it in build/k6/go.mod, import it in build/k6/main.go, run `node bootstrap.js`.',
    cause,
  })

/** The message of k6's last error line, without its stack. */
const lastError = (stderr: string): string | undefined => {
  const quoted = [...stderr.matchAll(/level=error msg=("(?:[^"\\]|\\.)*")/g)].at(-1)?.[1]
  return quoted === undefined ? undefined : String(JSON.parse(quoted)).split('\n')[0]
}
