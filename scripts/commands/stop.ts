import { join, resolve } from 'node:path'
import { isSameProcess, signalProcess } from '../../chaos/drivers/proc.ts'
import { lookUntil } from '../../chaos/drivers/wait.ts'
import { HoldfastError } from '../../model/errors.ts'
import { type ExitCode, exitCodes } from '../../model/exit-codes.ts'
import { type LockHolder, lockHolders } from '../../run/lock.ts'
import { stateDir } from '../../run/state-dir.ts'

/**
 * Longer than the undo of most runs. Each thing that is undone has a budget of its own, and a `command` may take
 * minutes: where they take longer together, the run is "still ending", and goes on without this command.
 */
const deadlineMs = 120_000

/** `holdfast stop [run]`: the kill switch from another terminal. Faults go first; waits until the run has ended. */
export const stopCommand = async (run: string | undefined): Promise<ExitCode> => {
  const running = lockHolders(join(stateDir(), 'locks'))
  const chosen = run === undefined ? running : named(run, running)
  if (chosen.length === 0) {
    const known = running.map(({ runId }) => runId).join(', ')
    throw new HoldfastError(run === undefined ? 'no run is going on' : `no run "${run}" is going on`, {
      hint:
        known === '' ? 'What an earlier run left behind is removed by `holdfast cleanup --all`.' : `Running: ${known}.`,
    })
  }
  if (run === undefined && chosen.length > 1) {
    throw new HoldfastError(`${chosen.length} runs are going on: ${chosen.map(({ runId }) => runId).join(', ')}`, {
      hint: 'Name the one to end.',
    })
  }
  for (const { pid } of chosen) signalProcess(pid, 'SIGINT')
  const ended = await lookUntil(
    () => ({ ok: chosen.every(({ pid, startTicks }) => !isSameProcess(pid, startTicks)), text: '' }),
    { deadlineMs },
  )
  for (const { runId } of chosen) process.stdout.write(`${ended.ok ? '✔ stopped' : '✕ still ending:'} ${runId}\n`)
  return ended.ok ? exitCodes.pass : exitCodes.faultNotRemoved
}

/** `latest` is the one that was started last. */
const named = (run: string, running: LockHolder[]): LockHolder[] =>
  run === 'latest'
    ? running.toSorted((a, b) => a.runId.localeCompare(b.runId)).slice(-1)
    : running.filter(({ runId, recordDir }) => runId === run || recordDir === resolve(run))
