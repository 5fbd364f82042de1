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
}

/** Series that are sampled of a component's pods, in the environment `kubernetes` only. */
export const podSeries = {
  /** Pods that are Ready and not being deleted. */
  ready: 'ready_replicas',
  /** Restarts of containers since the run began. */
  restarts: 'restarts',
} as const

export const isPodSeries = (series: string): boolean => (Object.values(podSeries) as string[]).includes(series)
