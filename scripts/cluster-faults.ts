import { HoldfastError } from '../model/errors.ts'
import type { GameDay } from '../model/gameday.ts'
import { didYouMean } from '../model/parse.ts'
import type { PlannedFault } from '../model/plan.ts'
import type { System } from '../model/system.ts'
import { checkPlaceOf } from '../plan/environments.ts'
import { planFaults } from '../plan/faults.ts'
import { loadGameDay } from '../plan/gameday.ts'
import { steadyEndOf } from '../plan/phases.ts'
import { systems } from '../systems/index.ts'
import { gameDayPath } from './plan-game-day.ts'
import { projectDir } from './project.ts'

export interface ClusterFaults {
  /** `batchsender/demo` */
  name: string
  file: string
  gameDay: GameDay
  system: System
  faults: PlannedFault[]
  steadyEndMs: number
}

const manyPods = 100

/**
 * What the faults of a game day become in a cluster that nobody has looked at: how many pods there are is the
 * cluster's to say, so no blast radius is checked.
 */
export const clusterFaults = async (nameOrPath: string, namespace: string): Promise<ClusterFaults> => {
  const { name, gameDay, file } = await loadGameDay(projectDir, gameDayPath(nameOrPath))
  checkPlaceOf(gameDay, 'kubernetes', file)
  const system = Object.hasOwn(systems, gameDay.system) ? systems[gameDay.system] : undefined
  if (!system) {
    throw new HoldfastError(`${file}: system: there is no system "${gameDay.system}"`, {
      hint: didYouMean(gameDay.system, Object.keys(systems)),
    })
  }
  const names = Object.keys(system.components)
  const many = Object.entries(system.components).map(([part, component]) => [
    part,
    { ...component, replicas: manyPods },
  ])
  const steadyEndMs = steadyEndOf(gameDay, file)
  const faults = planFaults(gameDay.faults, {
    system: { ...system, components: Object.fromEntries(many) as System['components'] },
    environment: 'kubernetes',
    file,
    steadyEndMs,
    blastRadius: Object.fromEntries(names.map((part) => [part, manyPods])),
    namespace,
  })
  return { name, file, gameDay, system, faults, steadyEndMs }
}
