import type { Autoscaler, ClusterNode, Inventory, Workload, WorkloadRef } from '../../../model/cluster.ts'
import { type ActionName, actionNames } from '../../../model/fault.ts'
import { missingRights } from './access.ts'
import { hasStatus } from './api.ts'
import { type Cluster, clusterError } from './connect.ts'
import { runLabel } from './names.ts'
import { type ClusterObject, objectPath, replicasOf } from './objects/object.ts'
import { rightsForActions } from './rights.ts'

/**
 * What a cluster has that these actions change, and nothing else.
 * @throws HoldfastError when it can't be listed.
 */
export const takeInventory = async (cluster: Cluster, actions: ActionName[]): Promise<Inventory> => {
  const onWorkloads = actions.some((action) => action !== 'drain')
  const [deployments, statefulSets, autoscalers, nodes] = await Promise.all([
    onWorkloads ? workloads(cluster, 'Deployment') : [],
    onWorkloads ? workloads(cluster, 'StatefulSet') : [],
    actions.includes('scale') ? listAutoscalers(cluster) : [],
    actions.includes('drain') ? listNodes(cluster) : [],
  ])
  return { workloads: [...deployments, ...statefulSets], autoscalers, nodes }
}

/** @param resource as the table of rights has it */
const list = async <T>(cluster: Cluster, resource: string, path: string): Promise<T[]> => {
  try {
    return (await cluster.api.get<{ items: T[] }>(path)).items
  } catch (cause) {
    const right = rightsForActions(actionNames).find((one) => one.resource === resource)
    if (right && hasStatus(cause, 403)) throw missingRights(cluster, [{ ...right, verbs: ['list'] }], cause)
    throw clusterError(`the ${resource} can't be listed`, cluster, cause)
  }
}

const workloads = async (cluster: Cluster, kind: WorkloadRef['kind']): Promise<Workload[]> => {
  const { namespace } = cluster.ref
  const objects = await list<ClusterObject>(cluster, `${kind.toLowerCase()}s`, objectPath(namespace, kind))
  return objects.map((object) => workloadOf(kind, object))
}

/** A workload as a plan looks at it. */
export const workloadOf = (kind: WorkloadRef['kind'], object: ClusterObject): Workload => {
  const containers = object.spec.template?.spec.containers ?? []
  return {
    kind,
    name: object.metadata.name,
    podLabels: object.spec.template?.metadata?.labels ?? {},
    replicas: replicasOf(object),
    images: Object.fromEntries(containers.map(({ name, image = '' }) => [name, image])),
    env: Object.fromEntries(
      containers.map(({ name, env = [] }) => [
        name,
        Object.fromEntries(env.map((one) => [one.name, one.valueFrom === undefined ? (one.value ?? '') : null])),
      ]),
    ),
    mostUnavailable: mostUnavailable(kind, object),
    notRolledOut: notRolledOut(object),
    changedBy: object.metadata.labels?.[runLabel] ?? null,
  }
}

const notRolledOut = ({ spec }: ClusterObject): string | null => {
  if (spec.paused) return 'it is paused'
  if (spec.updateStrategy?.type === 'OnDelete') return 'its updateStrategy is OnDelete'
  if ((spec.updateStrategy?.rollingUpdate?.partition ?? 0) > 0) return 'its updateStrategy has a partition'
  return null
}

/** As the controllers count: unavailable rounds down, surge up, and where both are none, one goes. */
const mostUnavailable = (kind: WorkloadRef['kind'], object: ClusterObject): number => {
  const replicas = replicasOf(object)
  if (kind === 'StatefulSet') return Math.min(1, replicas)
  const { type, rollingUpdate: { maxUnavailable = '25%', maxSurge = '25%' } = {} } = object.spec.strategy ?? {}
  if (type === 'Recreate') return replicas
  const unavailable = Math.floor(countOf(maxUnavailable, replicas))
  const surge = Math.ceil(countOf(maxSurge, replicas))
  return Math.min(replicas, unavailable === 0 && surge === 0 ? 1 : unavailable)
}

const countOf = (value: number | string, of: number): number =>
  typeof value === 'number' ? value : (Number.parseFloat(value) / 100) * of

interface RawAutoscaler {
  metadata: { name: string }
  spec: { scaleTargetRef: { kind: string; name: string }; minReplicas?: number }
}

const listAutoscalers = async (cluster: Cluster): Promise<Autoscaler[]> => {
  const { namespace } = cluster.ref
  const path = `/apis/autoscaling/v2/namespaces/${namespace}/horizontalpodautoscalers`
  const found = await list<RawAutoscaler>(cluster, 'horizontalpodautoscalers', path)
  return found.map(({ metadata, spec: { scaleTargetRef: target, minReplicas = 1 } }) => ({
    name: metadata.name,
    target: { kind: target.kind, name: target.name },
    minReplicas,
  }))
}

const listNodes = async (cluster: Cluster): Promise<ClusterNode[]> => {
  const found = await list<ClusterObject>(cluster, 'nodes', objectPath('', 'Node'))
  return found.map(({ metadata, spec }) => ({
    name: metadata.name,
    unschedulable: spec.unschedulable ?? false,
    changedBy: metadata.labels?.[runLabel] ?? null,
  }))
}
