import { delimiter } from 'node:path'
import type { ClusterRef } from '../model/cluster.ts'

/** With these a command of a game day, which is the same for every cluster, reaches the one of the run. */
export const placeEnv = ({ context, namespace, kubeconfig }: ClusterRef): Record<string, string> => ({
  HOLDFAST_NAMESPACE: namespace,
  ...(context !== null && { HOLDFAST_CONTEXT: context }),
  ...(kubeconfig.length > 0 && { KUBECONFIG: kubeconfig.join(delimiter) }),
})
