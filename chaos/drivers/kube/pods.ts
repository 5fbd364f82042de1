import type { Pod } from '../../../model/cluster.ts'
import { missingRights } from './access.ts'
import { hasStatus } from './api.ts'
import { type Cluster, clusterError } from './connect.ts'
import { podsRight } from './rights.ts'

interface RawPod {
  metadata: {
    namespace: string
    name: string
    uid: string
    labels?: Record<string, string>
    annotations?: Record<string, string>
    deletionTimestamp?: string
    ownerReferences?: { kind: string; controller?: boolean }[]
  }
  spec?: { nodeName?: string; containers?: { name: string; image?: string }[] }
  status?: {
    phase?: string
    conditions?: { type: string; status: string }[]
    containerStatuses?: { restartCount?: number }[]
  }
}

/** Every pod of the namespace, or those with these labels. @throws HoldfastError when they can't be listed. */
export const listPods = async (cluster: Cluster, labels: Record<string, string> = {}): Promise<Pod[]> => {
  const { namespace } = cluster.ref
  const labelSelector = Object.entries(labels)
    .map(([name, value]) => `${name}=${value}`)
    .join(',')
  try {
    const path = `/api/v1/namespaces/${namespace}/pods`
    const { items } = await cluster.api.get<{ items: RawPod[] }>(path, labelSelector === '' ? {} : { labelSelector })
    return items.map(podOf)
  } catch (cause) {
    if (hasStatus(cause, 403)) throw missingRights(cluster, [podsRight], cause)
    throw clusterError(`the pods of the namespace ${namespace} can't be listed`, cluster, cause)
  }
}

const controllerOf = ({ ownerReferences }: RawPod['metadata']): Pick<Pod, 'controller'> => {
  const owner = ownerReferences?.find(({ controller }) => controller)
  return owner === undefined ? {} : { controller: owner.kind }
}

const podOf = ({ metadata, spec, status }: RawPod): Pod => ({
  namespace: metadata.namespace,
  name: metadata.name,
  uid: metadata.uid,
  labels: metadata.labels ?? {},
  annotations: metadata.annotations ?? {},
  node: spec?.nodeName ?? '',
  phase: status?.phase ?? '',
  ready: status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false,
  ending: metadata.deletionTimestamp !== undefined,
  images: Object.fromEntries((spec?.containers ?? []).map(({ name, image }) => [name, image ?? ''])),
  restarts: (status?.containerStatuses ?? []).reduce((sum, { restartCount = 0 }) => sum + restartCount, 0),
  ...controllerOf(metadata),
})
