import { isDeepStrictEqual } from 'node:util'
import type { ClusterAction } from '../../../../model/fault.ts'
import { runLabel } from '../names.ts'
import { type ClusterObject, type Container, replicasOf, type Variable } from './object.ts'

/** Annotation of an object that a run has changed, which has the run's label: what was there before, as JSON. */
export const beforeAnnotation = 'holdfast.dev/before'
const restartAnnotation = 'kubectl.kubernetes.io/restartedAt'

/** What was there, and what was set instead: the undo takes back what is still as it was set, and nothing else. */
export type Before =
  | { action: 'scale'; replicas: number; set: number }
  | {
      action: 'rollout'
      container: string
      image?: string
      env: Record<string, Variable | null>
      set: { image?: string; env: Record<string, string> }
    }
  | { action: 'drain' }

/** A JSON merge patch. */
export type Patch = Record<string, unknown>

/** What was there before, read from the object; null where it is not marked or the mark is none of ours. */
export const beforeOf = ({ metadata }: ClusterObject): Before | null => {
  const text = metadata.annotations?.[beforeAnnotation]
  if (text === undefined) return null
  try {
    return JSON.parse(text) as Before
  } catch {
    return null
  }
}

/** The patch that carries an action out and keeps, in the same step, what was there before. */
export const changePatch = (object: ClusterObject, action: ClusterAction, run: string, now: Date): Patch => {
  switch (action.action) {
    case 'restart':
      return { spec: { template: { metadata: { annotations: { [restartAnnotation]: now.toISOString() } } } } }
    case 'scale': {
      const before: Before = { action: 'scale', replicas: replicasOf(object), set: action.replicas }
      return { ...marked(before, run), spec: { replicas: action.replicas } }
    }
    case 'drain':
      return { ...marked({ action: 'drain' }, run), spec: { unschedulable: true } }
    case 'rollout': {
      const { container: name, image, env } = action
      const container = containersOf(object).find((one) => one.name === name) ?? { name }
      const before: Before = {
        action: 'rollout',
        container: name,
        ...(image !== null && container.image !== undefined && { image: container.image }),
        env: Object.fromEntries(Object.keys(env).map((variable) => [variable, variableOf(container, variable)])),
        set: { ...(image !== null && { image }), env },
      }
      const variables = Object.entries(env).map(([key, value]): [string, Variable] => [key, { name: key, value }])
      const changed = { ...withVariables(container, Object.fromEntries(variables)), ...(image !== null && { image }) }
      return { ...marked(before, run), ...withContainer(object, changed) }
    }
  }
}

/** True while the object is as the action sets it; what is held against time alone (a restart) never is. */
export const isDone = (object: ClusterObject, action: ClusterAction): boolean => {
  switch (action.action) {
    case 'restart':
      return false
    case 'scale':
      return replicasOf(object) === action.replicas
    case 'drain':
      return object.spec.unschedulable === true
    case 'rollout': {
      const container = containersOf(object).find(({ name }) => name === action.container)
      if (container === undefined || (action.image !== null && container.image !== action.image)) return false
      return Object.entries(action.env).every(([name, value]) => variableOf(container, name)?.value === value)
    }
  }
}

/**
 * The patch that takes an action back.
 * @returns null where someone has done it already: only the mark is left; a text where someone else has changed it,
 *   and an undo would overwrite that
 */
export const undoPatch = (object: ClusterObject, before: Before): { patch: Patch } | { refused: string } => {
  switch (before.action) {
    case 'drain':
      return { patch: { ...unmarked, spec: { unschedulable: null } } }
    case 'scale': {
      const now = replicasOf(object)
      if (now === before.set) return { patch: { ...unmarked, spec: { replicas: before.replicas } } }
      if (now === before.replicas) return { patch: unmarked }
      return { refused: `its replicas are ${now}; they were ${before.replicas}, and the run had set ${before.set}` }
    }
    case 'rollout':
      return undoRollout(object, before)
  }
}

const undoRollout = (
  object: ClusterObject,
  before: Extract<Before, { action: 'rollout' }>,
): { patch: Patch } | { refused: string } => {
  const { set } = before
  const container = containersOf(object).find(({ name }) => name === before.container)
  if (container === undefined) return { refused: `it has no container ${before.container} any more` }
  if (set.image !== undefined && container.image !== set.image && container.image !== before.image)
    return { refused: `the image of ${container.name} is ${container.image}; the run had set ${set.image}` }
  const foreign = Object.entries(set.env).find(([name, value]) => {
    const now = variableOf(container, name)
    return !isDeepStrictEqual(now, { name, value }) && !isDeepStrictEqual(now, before.env[name] ?? null)
  })
  // Not its value: that may be a secret.
  if (foreign !== undefined) return { refused: `someone else has set the variable ${foreign[0]} of ${container.name}` }
  const restored = {
    ...withVariables(container, before.env),
    ...(before.image !== undefined && { image: before.image }),
  }
  return { patch: { ...unmarked, ...withContainer(object, restored) } }
}

/** True when the pods of both are made from the same template, to the last field. */
export const isSameTemplate = (a: ClusterObject, b: ClusterObject): boolean =>
  isDeepStrictEqual(a.spec.template, b.spec.template)

/** The two keys by which a person drops the mark, and with it the undo. */
export const markKeys = { label: runLabel, annotation: beforeAnnotation }

const marked = (before: Before, run: string): Patch => ({
  metadata: { labels: { [runLabel]: run }, annotations: { [beforeAnnotation]: JSON.stringify(before) } },
})
const unmarked: Patch = { metadata: { labels: { [runLabel]: null }, annotations: { [beforeAnnotation]: null } } }

const containersOf = ({ spec }: ClusterObject): Container[] => spec.template?.spec.containers ?? []

/** A merge patch replaces a list as a whole. */
const withContainer = (object: ClusterObject, changed: Container): Patch => ({
  spec: {
    template: { spec: { containers: containersOf(object).map((one) => (one.name === changed.name ? changed : one)) } },
  },
})

const variableOf = ({ env = [] }: Container, name: string): Variable | null =>
  env.find((one) => one.name === name) ?? null

/** In their places; new ones at the end, and null takes one away. */
const withVariables = (container: Container, wanted: Record<string, Variable | null>): Container => {
  const { env = [], ...rest } = container
  const known = env.map(({ name }) => name)
  const kept = env.map((one) => (Object.hasOwn(wanted, one.name) ? (wanted[one.name] ?? null) : one))
  const added = Object.entries(wanted).map(([name, one]) => (known.includes(name) ? null : one))
  const all = [...kept, ...added].filter((one) => one !== null)
  return all.length === 0 ? rest : { ...rest, env: all }
}
