import { fstatSync, ftruncateSync, readSync } from 'node:fs'
import { HoldfastError } from '../model/errors.ts'
import type { RunEventBody } from '../model/event.ts'
import type { CleanUpResult, Leftovers } from './leftovers.ts'
import { LineFile } from './line-file.ts'
import { isInRecord, openToAppend } from './record-files.ts'
import { recordFiles } from './record-names.ts'

/**
 * Adds to the ledger what a clean-up did, so that the record tells the truth: which faults are proven
 * gone, what is not, and that the run has ended. Adds nothing where there was nothing to say.
 * @param left what the ledger said before
 * @param result gets a failure more where the record can't be written
 */
export const noteCleanUp = (recordDir: string, who: string, left: Leftovers, result: CleanUpResult): void => {
  const { done, failed, containersGone = false } = result
  // Killed before its ledger was there: nothing was done, and there is nowhere to say it.
  if (!isInRecord(recordDir, recordFiles.events)) return
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
  try {
    append(recordDir, events)
  } catch (error) {
    if (!(error instanceof HoldfastError)) throw error
    failed.push(`it is not noted in the record: ${error.message}`)
  }
}

const append = (recordDir: string, events: RunEventBody[]): void => {
  const file = openToAppend(recordDir, recordFiles.events, { create: false })
  const lines = new LineFile(file)
  try {
    // Holdfast may have been killed in the middle of its last line.
    ftruncateSync(file, endOfLines(file))
    const atMs = Date.now()
    lines.write(events.map((event) => `${JSON.stringify({ atMs, ...event })}\n`).join(''))
  } finally {
    lines.close()
  }
}

/** Bytes up to the end of the last whole line, looked for from the end of the file. */
const endOfLines = (file: number): number => {
  const piece = Buffer.alloc(1 << 16)
  for (let end = fstatSync(file).size; end > 0; end -= Math.min(end, piece.length)) {
    const start = Math.max(0, end - piece.length)
    const at = piece.subarray(0, readSync(file, piece, 0, end - start, start)).lastIndexOf('\n')
    if (at >= 0) return start + at + 1
  }
  return 0
}
