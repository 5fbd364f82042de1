import type { LoadRequest } from '../build/inspect.ts'
import { HoldfastError } from '../model/errors.ts'
import type { GameDay } from '../model/gameday.ts'
import { didYouMean } from '../model/parse.ts'
import type { ProfileName } from '../model/profile.ts'

/** @throws HoldfastError for a scenario that the system lacks. */
export const checkScenarios = ({ system, load }: GameDay, known: string[], file: string): void => {
  for (const [i, { scenario }] of load.entries()) {
    if (known.includes(scenario)) continue
    throw new HoldfastError(`${file}: load[${i}].scenario: ${system} has no scenario "${scenario}"`, {
      hint: didYouMean(scenario, known),
    })
  }
}

/** The load of a whole run, for k6 to say what it will send. */
export const loadRequests = (
  { load }: GameDay,
  profile: ProfileName,
  durationMs: number,
  file: string,
): LoadRequest[] =>
  load.map((entry, i) => {
    if (load.findIndex(({ scenario }) => scenario === entry.scenario) < i) {
      throw new HoldfastError(`${file}: load[${i}]: "${entry.scenario}" is there twice`, {
        hint: 'Use rateFactor for more of it.',
      })
    }
    return {
      scenario: entry.scenario,
      profile: entry.profile ?? profile,
      rateFactor: entry.rateFactor ?? 1,
      durationMs,
    }
  })
