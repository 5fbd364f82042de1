import { setTimeout as delay } from 'node:timers/promises'
import { HoldfastError, messageOf } from '../../../../model/errors.ts'
import type { ClusterAction } from '../../../../model/fault.ts'
import type { Evidence } from '../../wait.ts'
import { hasStatus } from '../api.ts'
import { type Cluster, clusterError } from '../connect.ts'
import { kubectl, runLabel } from '../names.ts'
import { beforeOf, changePatch, isDone, markKeys, type Patch, undoPatch } from './before.ts'
import { type ClusterObject, type ObjectRef, objectPath, objectText, objectWord } from './object.ts'

/** A controller writes to the object too, so a change may have to be made again; each time it is as it was read. */
export const changeDeadlineMs = 20_000
const againMs = 50

/** What follows from a change of an object. */
export interface Change {
  /** After the object was changed; `before` is as it was. */
  begin: (before: ClusterObject, signal?: AbortSignal) => Promise<void>
  /** Looks whether it has had its effect. */
  active: () => Promise<Evidence>
  /** Looks whether the object is still as it was set, whatever its controller makes of it. */
  lasts: () => Promise<Evidence>
  /** Looks, after the object was changed back, whether the effect is gone. */
  removed: () => Promise<Evidence>
}

export const objectOf = (action: ClusterAction): ObjectRef =>
  action.action === 'drain' ? { kind: 'Node', name: action.node } : action.workload

export const readObject = (cluster: Cluster, { kind, name }: ObjectRef): Promise<ClusterObject> =>
  cluster.api.get<ClusterObject>(objectPath(cluster.ref.namespace, kind, name))

/**
 * Carries an action out, and keeps on the object what was there before; or, dry, asks whether the cluster would.
 * @returns the object before and after
 * @throws HoldfastError when it is not there, is marked by a run already, or the API server refuses
 */
export const changeObject = async (
  cluster: Cluster,
  action: ClusterAction,
  run: string,
  options: { dryRun?: boolean } = {},
): Promise<{ before: ClusterObject; after: ClusterObject }> => {
  const ref = objectOf(action)
  try {
    return await patchAsRead(cluster, ref, options, (object) => {
      refuseMarked(object, ref, cluster)
      if (isDone(object, action))
        throw new HoldfastError(`${action.action}: the ${objectText(ref)} is so already: there is nothing to change`)
      return changePatch(object, action, run, new Date())
    })
  } catch (cause) {
    throw clusterError(`${action.action}: the ${objectText(ref)} can't be changed`, cluster, cause)
  }
}

const refuseMarked = (object: ClusterObject, ref: ObjectRef, { ref: place }: Cluster): void => {
  const other = object.metadata.labels?.[runLabel]
  if (other === undefined) return
  throw new HoldfastError(`the ${objectText(ref)} is still as run ${other} has changed it`, {
    hint: `Undo that first: holdfast cleanup ${other} --env kubernetes${place.context === null ? ' --in-cluster' : ` --context ${place.context}`} --namespace ${place.namespace}`,
  })
}

/**
 * Takes back what a run has done to an object, by what the object itself says. May be done twice. Never throws.
 * What someone else has changed meanwhile is not overwritten: then it fails, and the mark stays.
 */
export const undoObject = async (
  cluster: Cluster,
  ref: ObjectRef,
  run: string,
  deadlineMs = changeDeadlineMs,
): Promise<Evidence> => {
  const what = objectText(ref)
  const endsAtMs = Date.now() + deadlineMs
  for (;;) {
    try {
      const object = await readObject(cluster, ref)
      if (object.metadata.labels?.[runLabel] !== run) return { ok: true, text: `${what} has nothing of the run` }
      const before = beforeOf(object)
      const undo = before === null ? { refused: 'nothing tells what was there before' } : undoPatch(object, before)
      if ('refused' in undo)
        return { ok: false, text: `${what} is left as it is: ${undo.refused}; ${settleBy(cluster, ref)}` }
      await patch(cluster, ref, object, undo.patch, {})
      return { ok: true, text: `${what} is as it was` }
    } catch (error) {
      if (hasStatus(error, 404)) return { ok: true, text: `${what} is not there any more` }
      // An API server that is away for a moment is no reason to leave it.
      if (Date.now() >= endsAtMs)
        return { ok: false, text: `${what} could not be changed back: ${messageOf(error).split('\n')[0]}` }
      await delay(againMs)
    }
  }
}

/** How a person ends it, when it is as it should be. */
const settleBy = ({ ref: place }: Cluster, ref: ObjectRef): string =>
  `set it right, then: ${kubectl(place, `label ${objectWord(ref)} ${markKeys.label}-`)} && ${kubectl(place, `annotate ${objectWord(ref)} ${markKeys.annotation}-`)}`

const patchAsRead = async (
  cluster: Cluster,
  ref: ObjectRef,
  options: { dryRun?: boolean },
  patchOf: (object: ClusterObject) => Patch,
): Promise<{ before: ClusterObject; after: ClusterObject }> => {
  const endsAtMs = Date.now() + changeDeadlineMs
  for (;;) {
    const before = await readObject(cluster, ref)
    try {
      return { before, after: await patch(cluster, ref, before, patchOf(before), options) }
    } catch (error) {
      if (!hasStatus(error, 409) || Date.now() >= endsAtMs) throw error
      await delay(againMs)
    }
  }
}

/** Only while it is as it was read: what someone else does in between is never overwritten. */
const patch = async (
  cluster: Cluster,
  { kind, name }: ObjectRef,
  { metadata }: ClusterObject,
  change: Patch,
  { dryRun }: { dryRun?: boolean },
): Promise<ClusterObject> => {
  const { resourceVersion } = metadata
  const body = { ...change, metadata: { ...(change.metadata as object | undefined), resourceVersion } }
  const path = objectPath(cluster.ref.namespace, kind, name)
  const query = dryRun ? { dryRun: 'All' } : {}
  return (await cluster.api.call<ClusterObject>('PATCH', path, { query, body })).body
}
