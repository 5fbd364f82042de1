import { ensureBinaries, ensureCrds, ensureNodeBinaries } from './binaries.ts'
import { prepareMachine } from './full/requirements.ts'

/** Builds what the cluster is made of before the first test starts: no test's own time limit is meant for that. */
export default async (): Promise<void> => {
  ensureCrds((await ensureBinaries())['chaos-controller-manager'])
  if (prepareMachine() === null) await ensureNodeBinaries()
}
