import exec from 'k6/execution'
import type { Scenario as K6Scenario, Options } from 'k6/options'
import type { ProfileName } from '../../model/profile.ts'
import { executorOf, peakPerSecond } from './arrivals.ts'
import type { Scenario } from './define.ts'
import { countFailure } from './failures.ts'
import { checkScenario, type ScenarioModule, scenarioIn } from './module.ts'
import { iterationStarted } from './request.ts'

/** One entry of the environment variable HOLDFAST_LOAD. */
interface LoadEntry {
  scenario: string
  profile: ProfileName
  rateFactor?: number
  /** The game day's length; the profile's own when absent. */
  durationMs?: number
}

/** Time for k6 to notice that the last request of an iteration has timed out. */
const stopGraceMs = 1_000

/**
 * One k6 test of several scenarios: its options, and the function that every virtual user runs.
 * What runs, and for how long, comes from HOLDFAST_LOAD.
 * @param modules What each scenario file of the system exports, by the scenario's name.
 */
export const combine = (
  system: string,
  modules: Record<string, ScenarioModule>,
): { options: Options; run: () => void | Promise<void> } => {
  const loads = JSON.parse(setting('HOLDFAST_LOAD')) as LoadEntry[]
  const runId = setting('HOLDFAST_RUN_ID')
  const baseUrl = setting('HOLDFAST_BASE_URL').replace(/\/+$/, '')
  const fileOf = (name: string): string => `scenarios/${system}/${name}.ts`
  for (const { scenario, profile } of loads) checkScenario(fileOf(scenario), modules[scenario] ?? {}, profile)
  const find = (name: string): Scenario => scenarioIn(fileOf(name), modules[name] ?? {})
  return {
    options: {
      scenarios: Object.fromEntries(loads.map((load) => [load.scenario, k6Scenario(find(load.scenario), load)])),
      discardResponseBodies: true,
      // Only what the sample path reads: fewer tags, fewer series inside k6. `vu` and `iter` are metadata, no tags.
      systemTags: [
        ...['scenario', 'name', 'method', 'status', 'error', 'error_code', 'expected_response'],
        ...['check', 'vu', 'iter'],
      ],
    },
    run: () => {
      const { name: scenario, iterationInTest: n } = exec.scenario
      iterationStarted()
      return countFailure(() =>
        find(scenario).run({
          scenario,
          profile: setting('HOLDFAST_PROFILE') as ProfileName,
          n,
          writeId: `${runId}-${scenario}-${n}`,
          baseUrl,
        }),
      )
    },
  }
}

const k6Scenario = (
  scenario: Scenario,
  { profile: profileName, rateFactor = 1, durationMs }: LoadEntry,
): K6Scenario => {
  const profile = scenario.profiles[profileName]
  const vus =
    Math.ceil((peakPerSecond(profile.arrivals, rateFactor) * scenario.longestIterationMs) / 1000) +
    (scenario.extraVus ?? 0) +
    1
  return {
    ...executorOf(profile.arrivals, rateFactor, durationMs ?? profile.seconds * 1000),
    // All from the start: mid-run k6 initialises them one at a time, which would look like a slow system.
    preAllocatedVUs: vus,
    maxVUs: vus,
    gracefulStop: `${scenario.longestIterationMs + (scenario.followMs ?? 0) + stopGraceMs}ms`,
    tags: { sli: scenario.sli },
    env: {
      HOLDFAST_PROFILE: profileName,
      // For the planner, which reads them through `k6 inspect`.
      HOLDFAST_REQUESTS: JSON.stringify(scenario.requests),
      HOLDFAST_SAMPLES: JSON.stringify(scenario.samples ?? {}),
      HOLDFAST_LONGEST_MS: String(scenario.longestIterationMs),
    },
  }
}

const setting = (name: string): string => {
  const value = __ENV[name]
  if (value === undefined || value === '') throw new Error(`${name} is not set: start this test with \`holdfast run\``)
  return value
}
