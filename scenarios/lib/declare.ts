import type { Options } from 'k6/options'
import { type ScenarioModule, scenarioIn } from './module.ts'

/**
 * A test that is only looked at (`k6 inspect`): of each scenario of a system the names that it declares, whether it is
 * in a game day's load or not. A file that is no scenario has none.
 */
export const declare = (system: string, modules: Record<string, ScenarioModule>): { options: Options } => ({
  options: {
    scenarios: Object.fromEntries(
      Object.entries(modules).map(([name, module]) => [name, { ...looked, env: declaredIn(system, name, module) }]),
    ),
  },
})

const looked = { executor: 'shared-iterations', vus: 1, iterations: 1 } as const

const declaredIn = (system: string, name: string, module: ScenarioModule): Record<string, string> => {
  try {
    const { requests, samples } = scenarioIn(`scenarios/${system}/${name}.ts`, module)
    return { HOLDFAST_REQUESTS: JSON.stringify(requests ?? {}), HOLDFAST_SAMPLES: JSON.stringify(samples ?? {}) }
  } catch (error) {
    return { HOLDFAST_UNREADABLE: String((error as Error).message) }
  }
}
