import { setTimeout as delay } from 'node:timers/promises'
import { evictedBy, type Pod } from '../../../../model/cluster.ts'
import { HoldfastError, messageOf } from '../../../../model/errors.ts'
import type { ClusterAction } from '../../../../model/fault.ts'
import { hasStatus } from '../api.ts'
import { type Cluster, clusterError } from '../connect.ts'
import { listPods } from '../pods.ts'
import { type Change, readObject } from './change.ts'

const againMs = 500

/** Evicts the pods of the namespace from a node that was cordoned. */
export const drainNode = (
  cluster: Cluster,
  { node, timeoutMs }: Extract<ClusterAction, { action: 'drain' }>,
): Change => {
  const evicted = new Map<string, string>()
  const isOpen = async () => (await readObject(cluster, { kind: 'Node', name: node })).spec.unschedulable !== true
  const left = async () => evictedBy(node, await listPods(cluster))
  return {
    begin: async (_before, signal) => {
      const endsAtMs = Date.now() + timeoutMs
      for (;;) {
        const refusals: string[] = []
        // One that was on its way here when the node was cordoned comes late.
        for (const pod of (await left()).filter(({ ending }) => !ending)) {
          const refusal = await evict(cluster, pod)
          if (refusal === null) evicted.set(pod.uid, pod.name)
          else refusals.push(`${pod.name}: ${refusal}`)
        }
        if (refusals.length === 0) return
        if (Date.now() >= endsAtMs || signal?.aborted) {
          throw new HoldfastError(
            `drain: pods on ${node} could not be evicted in ${timeoutMs / 1000} s: ${refusals.join('; ')}`,
            {
              hint: 'Their PodDisruptionBudget does not allow it; `kubectl get pdb` shows what it would.',
            },
          )
        }
        await delay(againMs)
      }
    },
    active: async () => {
      if (await isOpen()) return { ok: false, text: `node ${node} is not cordoned` }
      const there = (await left()).map(({ name }) => name)
      const gone = [...evicted.values()].sort().join(', ')
      return there.length === 0
        ? { ok: true, text: `node ${node} is cordoned; ${gone || 'no pod'} evicted and gone` }
        : { ok: false, text: `node ${node} is cordoned; still there: ${there.join(', ')}` }
    },
    lasts: async () => ({ ok: !(await isOpen()), text: `node ${node} is not cordoned` }),
    removed: async () => {
      try {
        const ok = await isOpen()
        return { ok, text: ok ? `node ${node} takes pods again` : `node ${node} is still cordoned` }
      } catch (error) {
        if (hasStatus(error, 404)) return { ok: true, text: `node ${node} is not there any more` }
        throw error
      }
    },
  }
}

/** @returns why it may not go now, or null when it goes or is gone. @throws HoldfastError for all else. */
const evict = async (cluster: Cluster, { namespace, name, uid, controller }: Pod): Promise<string | null> => {
  if (controller === undefined) throw new HoldfastError(`drain: nobody would make the pod ${name} again`)
  const body = {
    apiVersion: 'policy/v1',
    kind: 'Eviction',
    metadata: { name, namespace },
    deleteOptions: { preconditions: { uid } },
  }
  try {
    await cluster.api.call('POST', `/api/v1/namespaces/${namespace}/pods/${name}/eviction`, { body })
    return null
  } catch (cause) {
    // 409: another pod has its name by now.
    if (hasStatus(cause, 404) || hasStatus(cause, 409)) return null
    if (hasStatus(cause, 429)) return messageOf(cause).split('\n')[0] ?? ''
    throw clusterError(`drain: the pod ${name} can't be evicted`, cluster, cause)
  }
}
