import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { recordFiles } from './record.ts'

/** Folder of the n-th rate that a search for the capacity tried, from 1, in the record of the search. */
export const stepDir = (recordDir: string, number: number): string =>
  join(recordDir, recordFiles.steps, String(number).padStart(2, '0'))

/** Records of the rates that a search for the capacity has tried, first to last; none in any other record. */
export const stepDirs = (recordDir: string): string[] => {
  const dir = join(recordDir, recordFiles.steps)
  if (!existsSync(dir)) return []
  return readdirSync(dir)
    .sort()
    .map((name) => join(dir, name))
}

/** Every folder of a run in which a ledger may say what is left: while it searches, that of a step and not its own. */
export const ledgerDirs = (recordDir: string): string[] => [...stepDirs(recordDir), recordDir]
