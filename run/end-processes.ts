import { isSameProcess, type ProcessStat, processForest, signalProcess } from '../chaos/drivers/proc.ts'
import { lookUntil } from '../chaos/drivers/wait.ts'
import type { ProcessRef } from '../model/event.ts'

const graceMs = 3_000

/**
 * Ends processes and everything below them: SIGTERM, a moment, SIGKILL; returns when none is left.
 * @throws when one survives SIGKILL (it hangs in the kernel).
 */
export const endProcesses = async (roots: ProcessRef[]): Promise<void> => {
  const treeOf = processForest()
  const trees = roots.filter(({ pid, startTicks }) => isSameProcess(pid, startTicks)).flatMap(({ pid }) => treeOf(pid))
  // A stopped process takes SIGTERM only when it goes on.
  for (const { pid } of trees) {
    signalProcess(pid, 'SIGTERM')
    signalProcess(pid, 'SIGCONT')
  }
  if (await allGone(trees)) return
  for (const { pid } of alive(trees)) signalProcess(pid, 'SIGKILL')
  if (await allGone(trees)) return
  const pids = alive(trees).map(({ pid }) => pid)
  throw new Error(`pids ${pids.join(', ')} survive SIGKILL; look at them with: ps -p ${pids.join(',')}`)
}

const alive = (trees: ProcessStat[]): ProcessStat[] =>
  trees.filter(({ pid, startTicks }) => isSameProcess(pid, startTicks))

const allGone = async (trees: ProcessStat[]): Promise<boolean> =>
  (await lookUntil(() => ({ ok: alive(trees).length === 0, text: '' }), { deadlineMs: graceMs })).ok
