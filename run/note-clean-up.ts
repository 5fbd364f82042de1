import { appendFileSync, existsSync, readFileSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import type { RunEventBody } from '../model/event.ts'
import type { CleanUpResult, Leftovers } from './leftovers.ts'
import { recordFiles } from './record.ts'

/**
 * Adds to the ledger what a clean-up did, so that the record tells the truth: which faults are proven
 * gone, what is not, and that the run has ended. Adds nothing where there was nothing to say.
 * @param left what the ledger said before
 */
export const noteCleanUp = (recordDir: string, who: string, left: Leftovers, result: CleanUpResult): void => {
  const { done, failed, containersGone = false } = result
  const file = join(recordDir, recordFiles.events)
  // Killed before its ledger was there: nothing was done, and there is nowhere to say it.
  if (!existsSync(file)) return
  const nothingNamed = left.faults.length === 0 && left.cluster === null
  if (left.ended && nothingNamed && done.length === 0 && failed.length === 0 && !containersGone) return
  const evidence = `${who}: ${done.join('; ') || 'nothing was left'}`
  const events: RunEventBody[] = [
    { type: 'warning', message: left.ended ? evidence : `Holdfast was killed; ${evidence}` },
    ...(containersGone ? [{ type: 'containers.removed' as const }] : []),
    ...(failed.length > 0
      ? failed.map((message) => ({ type: 'error' as const, message }))
      : left.faults.map((fault) => ({ type: 'fault.provenRemoved' as const, fault, evidence }))),
    ...(failed.length === 0 && left.cluster !== null ? [{ type: 'cluster.left' as const }] : []),
    ...(left.ended ? [] : [{ type: 'run.ended' as const, reason: 'crashed' as const }]),
  ]
  // Holdfast may have been killed in the middle of its last line.
  truncateSync(file, readFileSync(file).lastIndexOf('\n') + 1)
  const atMs = Date.now()
  appendFileSync(file, events.map((event) => `${JSON.stringify({ atMs, ...event })}\n`).join(''))
}
