import type { TestProject } from 'vitest/node'
import startEngine from '../containers/setup.ts'
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
  const stopEngine = await prepareRealPods()
  const { kubeconfig, kubectlCommand, stop } = await startCluster()
  project.provide('cluster', { kubeconfig, kubectlCommand })
  return async () => {
    await stop()
    await stopEngine?.()
  }
}

/** @returns what ends the Docker engine that makes their images, where it was not there before */
const prepareRealPods = async (): Promise<(() => Promise<void>) | undefined> => {
  const refusal = prepareMachine()
  if (refusal === null) {
    await ensureNodeBinaries()
    return startEngine()
  }
  console.log(`left out: real pods (${refusal})`)
  return undefined
}
