import { lookUntil } from '../chaos/drivers/wait.ts'
import { HoldfastError } from '../model/errors.ts'
import { exitCodes } from '../model/exit-codes.ts'
import { ledgerDirs } from './ledgers.ts'
import { cleanUp, isSettled, readLeftovers } from './leftovers.ts'
import { staleHolder } from './lock.ts'
import { noteCleanUp } from './note-clean-up.ts'

/** Twice what a watchdog promises; one that is not done by then was killed, too. */
const watchdogMs = 10_000

/**
 * When the last run of a system in an environment was killed: waits for its watchdog, or undoes itself
 * what is left, so that no run begins while a fault of another one is still there.
 * @throws HoldfastError when something could not be undone.
 */
export const settlePredecessor = async (
  locksDir: string,
  name: string,
  tell: (message: string) => void,
): Promise<void> => {
  const before = staleHolder(locksDir, name)
  if (before === null) return
  for (const dir of ledgerDirs(before.recordDir)) await settle(dir, before, tell)
}

/** What one ledger of the run names. */
const settle = async (
  dir: string,
  { runId, recordDir }: { runId: string; recordDir: string },
  tell: (message: string) => void,
): Promise<void> => {
  const left = await readLeftovers(dir)
  const hadBegun = left.runId !== ''
  if (!hadBegun || isSettled(left)) return
  tell(`run ${runId} was killed; waiting until everything it left is undone`)
  // Once its end is in the ledger, the watchdog has done what it could.
  const hasEnded = async () => ({ ok: (await readLeftovers(dir)).ended, text: '' })
  if (!left.rebooted) await lookUntil(hasEnded, { deadlineMs: watchdogMs, everyMs: 100 })
  if (isSettled(await readLeftovers(dir))) return
  const result = await cleanUp(dir)
  noteCleanUp(dir, 'the next run cleaned up', left, result)
  if (result.failed.length === 0) return
  throw new HoldfastError(`what run ${runId} left could not be undone: ${result.failed.join('; ')}`, {
    hint: `Put it right, and say so with: holdfast cleanup ${recordDir}`,
    exitCode: exitCodes.faultNotRemoved,
  })
}
