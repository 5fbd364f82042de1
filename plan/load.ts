import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { scenarioNames } from '../build/bundle.ts'
import type { LoadRequest } from '../build/inspect.ts'
import { HoldfastError } from '../model/errors.ts'
import type { GameDay } from '../model/gameday.ts'
import { didYouMean } from '../model/parse.ts'
import type { ProfileName } from '../model/profile.ts'

/** @throws HoldfastError for a scenario that the system lacks, or that is no TypeScript. */
export const checkScenarios = ({ system, load }: GameDay, projectDir: string, file: string): void => {
  const known = scenarioNames(projectDir, system)
  for (const [i, { scenario }] of load.entries()) {
    if (known.includes(scenario)) continue
    const other = otherFile(projectDir, system, scenario)
    if (other !== undefined)
      throw new HoldfastError(`${other}: only .ts files are scenarios`, {
        hint: `Make it scenarios/${system}/${scenario}.ts, with a default export made by defineScenario.`,
      })
    throw new HoldfastError(`${file}: load[${i}].scenario: ${system} has no scenario "${scenario}"`, {
      hint: didYouMean(scenario, known),
    })
  }
}

/** A script of that name that k6 would run, and Holdfast does not. */
const otherFile = (projectDir: string, system: string, scenario: string): string | undefined =>
  ['js', 'mjs', 'cjs', 'mts', 'cts', 'tsx', 'jsx']
    .map((ending) => `scenarios/${system}/${scenario}.${ending}`)
    .find((file) => existsSync(join(projectDir, file)))

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
