import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { relative, resolve } from 'node:path'
import { HoldfastError, messageOf } from '../model/errors.ts'
import type { Objective } from '../model/objective.ts'
import { didYouMean } from '../model/parse.ts'
import type { SloFile } from './slo.ts'
import { parseSloFile } from './slo.ts'

/** An SLO document by its path, relative to the project folder. */
export const readSlo = (projectDir: string, path: string): SloFile & { file: string; sha256: string } => {
  const absolute = resolve(projectDir, path)
  const inside = relative(projectDir, absolute)
  const file = inside.startsWith('..') ? absolute : inside
  if (!existsSync(absolute)) throw new HoldfastError(`${file}: there is no such SLO document`)
  const text = readText(absolute, file)
  return { file, sha256: createHash('sha256').update(text).digest('hex'), ...parseSloFile(text, file) }
}

const readText = (path: string, file: string): string => {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    throw new HoldfastError(`${file}: cannot be read: ${messageOf(cause)}`, { hint: 'Name a YAML file.', cause })
  }
}

/**
 * Objectives of a document and a game day must fit together and to the system's components.
 * @throws HoldfastError for a name that is there twice, and for SLOs and components that are not there.
 */
export const checkObjectives = (objectives: Objective[], components: string[], file: string): void => {
  const proportions = objectives.filter(({ kind }) => kind === 'proportion').map(({ id }) => id)
  for (const [i, objective] of objectives.entries()) {
    const { id } = objective
    if (objectives.findIndex((other) => other.id === id) < i)
      throw new HoldfastError(`${file}: two objectives are named "${id}"`)
    if (objective.kind === 'resilience') {
      const unknown = objective.sliIds.find((sli) => !proportions.includes(sli))
      if (unknown === undefined) continue
      throw new HoldfastError(`${file}: objective "${id}": sli: there is no SLO "${unknown}"`, {
        hint: didYouMean(unknown, proportions),
      })
    }
    for (const [key, component] of componentsIn(objective)) {
      if (components.includes(component)) continue
      throw new HoldfastError(`${file}: objective "${id}": ${key}: there is no component "${component}"`, {
        hint: didYouMean(component, components),
      })
    }
  }
}

/** Every component that an objective names, with the key. */
const componentsIn = (objective: Objective): [key: string, component: string][] => {
  if (objective.kind !== 'gauge' && objective.kind !== 'reaction' && objective.kind !== 'growth') return []
  const named: [string, string | undefined][] = [['component', objective.component]]
  if (objective.kind === 'reaction' && typeof objective.after !== 'string')
    named.push(['after.component', objective.after.component])
  return named.flatMap(([key, component]) => (component === undefined ? [] : [[key, component]]))
}

/**
 * Resilience objectives look only at SLOs that the load reaches: one without an SLI at every required
 * one. Where none of those that it names is reached the names stay, for the reason to be told.
 */
export const withSlis = (objectives: Objective[], isReached: (objective: Objective) => boolean): Objective[] => {
  const reached = objectives.filter((objective) => objective.kind === 'proportion' && isReached(objective))
  const required = reached.filter(({ gate }) => gate === 'required').map(({ id }) => id)
  return objectives.map((objective) => {
    if (objective.kind !== 'resilience') return objective
    if (objective.sliIds.length === 0) return { ...objective, sliIds: required }
    const sliIds = objective.sliIds.filter((sli) => reached.some(({ id }) => id === sli))
    return sliIds.length === 0 ? objective : { ...objective, sliIds }
  })
}
