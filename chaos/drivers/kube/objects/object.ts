/** Kinds of objects that actions change. */
export const objectKinds = ['Deployment', 'StatefulSet', 'Node'] as const
export type ObjectKind = (typeof objectKinds)[number]

export const isObjectKind = (kind: string): kind is ObjectKind => (objectKinds as readonly string[]).includes(kind)

export interface ObjectRef {
  kind: ObjectKind
  name: string
}

/** As the API server gives it; what is not read here is kept as it is. */
export interface ClusterObject {
  metadata: {
    name: string
    resourceVersion: string
    generation?: number
    labels?: Record<string, string>
    annotations?: Record<string, string>
  }
  spec: {
    /** Of a node. */
    unschedulable?: boolean
    /** Of a workload; 1 where it says nothing. */
    replicas?: number
    template?: Template
    paused?: boolean
    strategy?: { type?: string; rollingUpdate?: { maxUnavailable?: number | string; maxSurge?: number | string } }
    updateStrategy?: { type?: string; rollingUpdate?: { partition?: number } }
  }
  status?: {
    observedGeneration?: number
    replicas?: number
    updatedReplicas?: number
    readyReplicas?: number
    availableReplicas?: number
    conditions?: { type: string; reason?: string; message?: string }[]
  }
}

export interface Template {
  metadata?: { labels?: Record<string, string>; annotations?: Record<string, string> }
  spec: { containers: Container[] }
}

export interface Container {
  name: string
  image?: string
  env?: Variable[]
}

export interface Variable {
  name: string
  value?: string
  valueFrom?: object
}

export const objectPath = (namespace: string, kind: ObjectKind, name?: string): string => {
  const item = name === undefined ? '' : `/${name}`
  if (kind === 'Node') return `/api/v1/nodes${item}`
  return `/apis/apps/v1/namespaces/${namespace}/${kind.toLowerCase()}s${item}`
}

/** As kubectl takes it. */
export const objectWord = ({ kind, name }: ObjectRef): string => `${kind.toLowerCase()}/${name}`
export const objectText = ({ kind, name }: ObjectRef): string => `${kind} ${name}`

export const replicasOf = ({ spec }: ClusterObject): number => spec.replicas ?? 1
