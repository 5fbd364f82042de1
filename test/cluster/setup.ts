import { ensureBinaries, ensureCrds } from './binaries.ts'

/** Builds what the cluster is made of before the first test starts: no test's own time limit is meant for that. */
export default async (): Promise<void> => {
  ensureCrds((await ensureBinaries())['chaos-controller-manager'])
}
