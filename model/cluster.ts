/** A cluster as the user named it: enough for a watchdog or `cleanup` to find it again. No secrets. */
export interface ClusterRef {
  /** Null inside a pod, where there is no kubeconfig. */
  context: string | null
  /** Kubeconfig files, absolute; none inside a pod. */
  kubeconfig: string[]
  /** Where the system runs and where every resource of a run is created. */
  namespace: string
  /** Address of the API server. */
  server: string
}

/** A pod as a plan and a probe look at it. */
export interface Pod {
  namespace: string
  name: string
  /** Another pod of the same name has another one. */
  uid: string
  labels: Record<string, string>
  annotations: Record<string, string>
  node: string
  phase: string
  ready: boolean
  /** It is being deleted. */
  ending: boolean
  /** Image of each container. */
  images: Record<string, string>
  /** Of all its containers together. */
  restarts: number
  /** Kind of the object that would make another; absent: nobody would. */
  controller?: string
}

/** Ended by themselves: nothing is evicted. */
export const endedPhases: readonly string[] = ['Succeeded', 'Failed']
/** What these make runs on that node and nowhere else. */
const boundToNode = ['DaemonSet', 'Node']

/** The pods that a drain of the node evicts. */
export const evictedBy = (node: string, pods: Pod[]): Pod[] =>
  pods.filter(
    (pod) => pod.node === node && !endedPhases.includes(pod.phase) && !boundToNode.includes(pod.controller ?? ''),
  )

/** An object that makes pods and replaces them. */
export interface WorkloadRef {
  kind: 'Deployment' | 'StatefulSet'
  name: string
}

/** A workload as a plan looks at it. */
export interface Workload extends WorkloadRef {
  /** Of the pods that it makes. */
  podLabels: Record<string, string>
  replicas: number
  /** Images of its pods' containers, by name. */
  images: Record<string, string>
  /** Values of their variables, by container and name; null where it comes from elsewhere (a Secret, a field). */
  env: Record<string, Record<string, string | null>>
  /** Pods that a rolling update may take away before others are there. */
  mostUnavailable: number
  /** Why a change of its pods' template reaches none of them; null where it does. */
  notRolledOut: string | null
  /** The run that has changed it and has not undone that; null where there is none. */
  changedBy: string | null
}

/** A HorizontalPodAutoscaler. */
export interface Autoscaler {
  name: string
  target: { kind: string; name: string }
  minReplicas: number
}

export interface ClusterNode {
  name: string
  /** Cordoned. */
  unschedulable: boolean
  /** As of a workload. */
  changedBy: string | null
}

/** What a cluster has that faults act on; what no fault of a game day needs is not looked up and empty. */
export interface Inventory {
  workloads: Workload[]
  autoscalers: Autoscaler[]
  nodes: ClusterNode[]
}

/** Series that are sampled of a component's pods, in the environment `kubernetes` only. */
export const podSeries = {
  /** Pods that are Ready and not being deleted. */
  ready: 'ready_replicas',
  /** Restarts of containers since the run began. */
  restarts: 'restarts',
} as const

export const isPodSeries = (series: string): boolean => (Object.values(podSeries) as string[]).includes(series)
