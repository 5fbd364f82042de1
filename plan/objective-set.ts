import { createHash } from 'node:crypto'
import { existsSync, readFileSync } from 'node:fs'
import { relative, resolve } from 'node:path'
import { HoldfastError } from '../model/errors.ts'
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
  const text = readFileSync(absolute, 'utf8')
  return { file, sha256: createHash('sha256').update(text).digest('hex'), ...parseSloFile(text, file) }
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
    if (objective.kind === 'gauge' && objective.component !== undefined && !components.includes(objective.component)) {
      throw new HoldfastError(`${file}: objective "${id}": component: there is no component "${objective.component}"`, {
        hint: didYouMean(objective.component, components),
      })
    }
  }
}

/** A resilience objective without an SLI looks at every required SLO. */
export const withSlis = (objectives: Objective[]): Objective[] => {
  const all = objectives.filter(({ kind, gate }) => kind === 'proportion' && gate === 'required').map(({ id }) => id)
  return objectives.map((objective) =>
    objective.kind === 'resilience' && objective.sliIds.length === 0 ? { ...objective, sliIds: all } : objective,
  )
}
