/** Put into the environment of everything a run starts, so that it can be found without the ledger. */
export const runEnvironmentName = 'HOLDFAST_RUN'

/**
 * The mark of a run. With the pid of its Holdfast: two runs of one game day that start in the same
 * second, into different folders, have the same id, and neither may end what belongs to the other.
 */
export const runMark = (runId: string, holdfastPid: number): string => `${runId}:${holdfastPid}`

/** An environment with the mark of a run of this Holdfast: what gets it is ended with the run. */
export const marked = <Env extends Record<string, string | undefined>>(env: Env, runId: string) => ({
  ...env,
  [runEnvironmentName]: runMark(runId, process.pid),
})
