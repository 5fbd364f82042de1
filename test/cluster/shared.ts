import { dirname } from 'node:path'
import { inject } from 'vitest'
import { contextName } from './access.ts'
import type { Cluster } from './cluster.ts'
import { kubectlFor } from './kubectl.ts'

/** What a test may do in a cluster that is not its own: nothing is stopped, and its namespaces are its own. */
export type SharedCluster = Omit<Cluster, 'stopController' | 'startController' | 'restartApiServer' | 'stop'>

/** The cluster that `setup.ts` has started for all files that break nothing of it. */
export const sharedCluster = (): SharedCluster => {
  const { kubeconfig, kubectlCommand } = inject('cluster')
  return { kubeconfig, context: contextName, folder: dirname(kubeconfig), ...kubectlFor(kubectlCommand) }
}
