import { endedPhases } from '../../../../model/cluster.ts'
import type { ClusterAction } from '../../../../model/fault.ts'
import type { Evidence } from '../../wait.ts'
import { hasStatus } from '../api.ts'
import type { Cluster } from '../connect.ts'
import { listPods } from '../pods.ts'
import { isDone, isSameTemplate } from './before.ts'
import { type Change, readObject } from './change.ts'
import { type ClusterObject, objectText, replicasOf } from './object.ts'
import { rolledBack, rolledOut, rollsOut, scaled } from './progress.ts'

type WorkloadAction = Exclude<ClusterAction, { action: 'drain' }>

/** What its controller makes of a changed Deployment or StatefulSet. */
export const changeWorkload = (cluster: Cluster, action: WorkloadAction): Change => {
  const { workload } = action
  const what = objectText(workload)
  let original: ClusterObject | null = null
  return {
    begin: async (before) => {
      original = before
    },
    active: async () => {
      const object = await readObject(cluster, workload)
      if (action.action === 'restart') return named(what, rolledOut(object))
      if (!isDone(object, action)) return { ok: false, text: `${what} is not as the run has set it` }
      if (action.action === 'rollout') return named(what, action.completes ? rolledOut(object) : rollsOut(object))
      const isFewer = original !== null && action.replicas < replicasOf(original)
      const seen = named(what, scaled(object, { ready: !isFewer }))
      return seen.ok && isFewer ? await surplusGone(cluster, object, seen.text) : seen
    },
    lasts: async () => ({
      ok: isDone(await readObject(cluster, workload), action),
      text: `${what} is not as the run has set it`,
    }),
    removed: async () => {
      try {
        const object = await readObject(cluster, workload)
        if (action.action !== 'rollout') return named(what, scaled(object, { ready: false }))
        const { ok, text } = named(what, rolledBack(object))
        const isSame = original === null || isSameTemplate(object, original)
        const template = isSame ? 'its template is that from before' : 'someone else has changed its template elsewhere'
        return { ok, text: `${text}; ${template}${ok ? '' : stuck(workload.kind)}` }
      } catch (error) {
        if (hasStatus(error, 404)) return { ok: true, text: `${what} is not there any more` }
        throw error
      }
    },
  }
}

/** Kubernetes' own limit: https://kubernetes.io/docs/concepts/workloads/controllers/statefulset/#forced-rollback */
const stuck = (kind: string): string =>
  kind === 'StatefulSet' ? '; it waits for pods that do not become ready: delete those' : ''

/** A pod that is being deleted no longer counts, and may still serve for its grace period. */
const surplusGone = async (cluster: Cluster, object: ClusterObject, text: string): Promise<Evidence> => {
  const pods = await listPods(cluster, object.spec.template?.metadata?.labels ?? {})
  const surplus = pods.filter(({ phase }) => !endedPhases.includes(phase)).length - replicasOf(object)
  return {
    ok: surplus <= 0,
    text: surplus <= 0 ? `${text}, the others are gone` : `${text}, ${surplus} more are ending`,
  }
}

const named = (what: string, { ok, text }: Evidence): Evidence => ({ ok, text: `${what}: ${text}` })
