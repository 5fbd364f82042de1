import type { TestProject } from 'vitest/node'
import { ensureBinaries, ensureCrds, ensureNodeBinaries } from './binaries.ts'
import { startCluster } from './cluster.ts'
import { prepareMachine } from './full/requirements.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** The one that several files share: see `shared.ts`. */
    cluster: { kubeconfig: string; kubectlCommand: string[] }
  }
}

/** Builds what the cluster is made of before the first test starts: no test's own time limit is meant for that. */
export default async (project: TestProject): Promise<() => Promise<void>> => {
  ensureCrds((await ensureBinaries())['chaos-controller-manager'])
  if (prepareMachine() === null) await ensureNodeBinaries()
  const { kubeconfig, kubectlCommand, stop } = await startCluster()
  project.provide('cluster', { kubeconfig, kubectlCommand })
  return stop
}
