import type { ProfileName } from '../../model/profile.ts'
import type { Profile, Scenario } from './define.ts'

/** Everything that a scenario file exports. */
export type ScenarioModule = Record<string, unknown>

/** What k6 would read of an ordinary script. The bundle of a run has exports of its own: these would be ignored. */
const notRead: Record<string, string> = {
  options:
    'load and length are the profiles of the scenario, thresholds are objectives of the SLO document or the game day',
  setup: 'the system is prepared before the run, or by each iteration',
  teardown: 'the system is cleared after the run, or by each iteration',
  handleSummary: 'the record and its reports are the summary',
}

/**
 * The scenario of a file.
 * @param file For errors: `scenarios/shop/buy.ts`.
 * @throws Error (see `refuse`) when the default export is no scenario.
 */
export const scenarioIn = (file: string, module: ScenarioModule): Scenario => {
  const scenario = module.default as Partial<Scenario> | undefined
  if (typeof scenario !== 'object' || scenario === null || typeof scenario.run !== 'function' || !scenario.profiles) {
    const what = scenario === undefined ? 'has no default export' : 'its default export is not made by defineScenario'
    return refuse(
      `${file}: ${what}`,
      'Write `export default defineScenario({ ... })`, as docs/adding-a-scenario.md shows.',
    )
  }
  return scenario as Scenario
}

/** @throws Error (see `refuse`) for what would be read as a promise that nothing keeps. */
export const checkScenario = (file: string, module: ScenarioModule, profile: ProfileName): void => {
  const scenario = scenarioIn(file, module)
  const unread = Object.keys(notRead).filter((name) => name in module)
  if (unread.length > 0)
    refuse(
      `${file}: exports ${unread.join(', ')}, which Holdfast does not run`,
      `Take it out: ${unread.map((name) => notRead[name]).join('; ')}.`,
    )
  const { sli, requests, samples = {}, longestIterationMs, profiles } = scenario
  const perIteration = { requests, ...samples }
  for (const [key, numbers] of Object.entries(perIteration)) {
    const wrong = Object.entries(numbers ?? {}).find(([, number]) => !(Number.isFinite(number) && number >= 0))
    if (wrong)
      refuse(`${file}: ${key}: ${wrong[0]}: ${wrong[1]} is no number per iteration`, 'Write 1, or 0.1 for one in ten.')
  }
  const names = Object.values(perIteration).flatMap((numbers) => Object.keys(numbers ?? {}))
  if (!names.includes(sli))
    refuse(
      `${file}: sli: "${sli}" is none of its requests, so load that is not sent would count against nothing`,
      `There are: ${names.join(', ')}.`,
    )
  if (!(longestIterationMs > 0 && Number.isFinite(longestIterationMs)))
    refuse(`${file}: longestIterationMs: ${longestIterationMs} is no time in ms`, 'Write the sum of the timeouts.')
  const arrivals = (profiles as Record<string, Profile | undefined>)[profile]?.arrivals
  if (typeof arrivals !== 'object')
    refuse(`${file}: has no profile "${profile}"`, `There are: ${Object.keys(profiles).join(', ')}.`)
}

/** Throws what `k6 inspect` then prints and the planner reads: `build/inspect.ts` takes message and hint out of it. */
const refuse = (message: string, hint: string): never => {
  throw new Error(`holdfast:${JSON.stringify({ message, hint })}`)
}
