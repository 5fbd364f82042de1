import type { Evidence } from '../../wait.ts'
import { type ClusterObject, replicasOf } from './object.ts'

/** How far the controller of a Deployment or StatefulSet is, in its own words. */
interface Progress {
  /** It has seen the last change. */
  isObserved: boolean
  wanted: number
  /** Pods that are not being deleted. */
  total: number
  /** Of the present template. */
  updated: number
  ready: number
  available: number
}

const progressOf = (object: ClusterObject): Progress => {
  const { observedGeneration = 0, ...status } = object.status ?? {}
  return {
    isObserved: observedGeneration >= (object.metadata.generation ?? 0),
    wanted: replicasOf(object),
    total: status.replicas ?? 0,
    updated: status.updatedReplicas ?? 0,
    ready: status.readyReplicas ?? 0,
    available: status.availableReplicas ?? 0,
  }
}

const unobserved: Evidence = { ok: false, text: 'its controller has not seen the change' }

/** There are as many pods as wanted; `ready`: and so many of them are ready. */
export const scaled = (object: ClusterObject, { ready }: { ready: boolean }): Evidence => {
  const { isObserved, wanted, total, ready: there } = progressOf(object)
  if (!isObserved) return unobserved
  return { ok: total === wanted && (!ready || there >= wanted), text: `${total} of ${wanted} replicas, ${there} ready` }
}

/** Every pod is of the present template and available, as `kubectl rollout status` tells it. */
export const rolledOut = (object: ClusterObject): Evidence => {
  const { isObserved, wanted, total, updated, available } = progressOf(object)
  if (!isObserved) return unobserved
  const ok = updated >= wanted && total <= updated && available >= updated
  return { ok, text: `${updated} of ${wanted} replicas updated, ${available} available${why(object, ok)}` }
}

/** A pod of the present template is there, ready or not. */
export const rollsOut = (object: ClusterObject): Evidence => {
  const { isObserved, wanted, updated, available } = progressOf(object)
  if (!isObserved) return unobserved
  return { ok: updated > 0, text: `${updated} of ${wanted} replicas updated, ${available} available` }
}

/** No pod of another template is left; whether all are ready again is the system's own affair. */
export const rolledBack = (object: ClusterObject): Evidence => {
  const { isObserved, wanted, total, updated, ready } = progressOf(object)
  if (!isObserved) return unobserved
  return { ok: total === updated && total >= wanted, text: `${updated} of ${total} pods are of it, ${ready} ready` }
}

const why = ({ status }: ClusterObject, ok: boolean): string => {
  const late = status?.conditions?.find(
    ({ type, reason }) => type === 'Progressing' && reason === 'ProgressDeadlineExceeded',
  )
  return ok || late === undefined ? '' : ` (${late.message ?? 'its progress deadline has passed'})`
}
