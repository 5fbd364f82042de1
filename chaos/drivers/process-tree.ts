import { isSameProcess, type ProcessStat, processStat, processTree, signalProcess } from './proc.ts'
import { lookUntil } from './wait.ts'

const stopDeadlineMs = 1_000

/**
 * Stops a process and everything below it, and adds what it stopped to `frozen`. A fork that was under way when its
 * parent was told to stop still brings a child, so the last look comes after every stop has taken effect: a stopped
 * process forks no more. What does not stop in time hangs in the kernel; confirmation says so.
 */
export const stopProcessTree = async (root: number, frozen: ProcessStat[]): Promise<void> => {
  for (let fresh = processTree(root); fresh.length > 0; fresh = processTree(root).filter(notIn(frozen))) {
    for (const { pid } of fresh) signalProcess(pid, 'SIGSTOP')
    frozen.push(...fresh)
    const allStopped = () =>
      frozen.every(({ pid, startTicks }) => {
        const now = processStat(pid)
        return now?.startTicks !== startTicks || now.state === 'T'
      })
    await lookUntil(() => ({ ok: allStopped(), text: '' }), { deadlineMs: stopDeadlineMs, everyMs: 1 })
  }
}

/**
 * SIGKILL for a process and everything below it; what was hit is added to `killed`. All of it is stopped first: what
 * is forked in the middle of a kill would outlive it, as nobody's child.
 */
export const killProcessTree = async (root: number, killed: ProcessStat[] = []): Promise<void> => {
  await stopProcessTree(root, killed)
  for (const { pid } of killed.filter(isAlive)) signalProcess(pid, 'SIGKILL')
}

/** True while this very process is alive. */
export const isAlive = ({ pid, startTicks }: ProcessStat): boolean => isSameProcess(pid, startTicks)

const notIn =
  (known: ProcessStat[]) =>
  ({ pid, startTicks }: ProcessStat): boolean =>
    !known.some((other) => other.pid === pid && other.startTicks === startTicks)
