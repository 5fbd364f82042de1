import { join, relative } from 'node:path'
import { HoldfastError } from '../model/errors.ts'
import { isInRecord, makeInRecord, namesInRecord } from './record-files.ts'
import { recordFiles } from './record-names.ts'

/** Folder of the n-th rate that a search for the capacity tried, from 1, in the record of the search. */
export const stepDir = (recordDir: string, number: number): string =>
  join(recordDir, recordFiles.steps, String(number).padStart(2, '0'))

/** Makes that folder. */
export const makeStepDir = (recordDir: string, number: number): string => {
  const dir = stepDir(recordDir, number)
  makeInRecord(recordDir, recordFiles.steps)
  makeInRecord(recordDir, relative(recordDir, dir))
  return dir
}

/**
 * Records of the rates that a search for the capacity has tried, first to last; none in any other record.
 * @throws HoldfastError for a folder of steps that is a link.
 */
export const stepDirs = (recordDir: string): string[] =>
  namesInRecord(recordDir, recordFiles.steps)
    .filter((name) => /^\d{2,3}$/.test(name))
    .map((name) => join(recordDir, recordFiles.steps, name))

/** Every folder of a run in which a ledger may say what is left: while it searches, that of a step and not its own. */
export const ledgerDirs = (recordDir: string): string[] => [...stepDirs(recordDir), recordDir]

/** A record that can be judged has a plan. */
export const isRecord = (dir: string): boolean => holds(dir, recordFiles.plan)

/** A search for the capacity that was killed has none yet, and left its steps: there may be something to undo. */
export const hasBegun = (dir: string): boolean => isRecord(dir) || holds(dir, recordFiles.steps)

/** False for what is no folder, and for a link to one. */
const holds = (dir: string, name: string): boolean => {
  try {
    return isInRecord(dir, name)
  } catch (error) {
    if (error instanceof HoldfastError) return false
    throw error
  }
}
