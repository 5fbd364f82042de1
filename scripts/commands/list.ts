import { join, resolve } from 'node:path'
import { scenarioNames } from '../../build/bundle.ts'
import { faults } from '../../chaos/faults/index.ts'
import { cleanLine } from '../../model/clean.ts'
import { type ExitCode, exitCodes } from '../../model/exit-codes.ts'
import { gameDayNames } from '../../plan/gameday.ts'
import { ledgerDirs } from '../../run/ledgers.ts'
import { isRunning, isSettled, readLeftovers } from '../../run/leftovers.ts'
import { isInRecord } from '../../run/record-files.ts'
import { recordFiles } from '../../run/record-names.ts'
import { systems } from '../../systems/index.ts'
import { hasBegun, projectDir, runIds } from '../project.ts'
import { readable, readVerdict } from '../read-verdict.ts'

export type Listed = 'runs' | 'gamedays' | 'scenarios' | 'faults' | 'systems'
type Row = Record<string, string>

/** `holdfast list [what]`: a table for people, or JSON rows for scripts. */
export const listCommand = async (what: Listed, options: { out: string; json?: boolean }): Promise<ExitCode> => {
  const rows = what === 'runs' ? await runRows(resolve(options.out)) : lists[what]()
  if (options.json) process.stdout.write(`${JSON.stringify(rows, null, 2)}\n`)
  else if (rows.length === 0) process.stdout.write(`no ${what} yet\n`)
  else process.stdout.write(table(rows))
  return exitCodes.pass
}

const lists: Record<Exclude<Listed, 'runs'>, () => Row[]> = {
  systems: () =>
    Object.values(systems).map(({ name, title, components }) => ({
      name,
      title,
      parts: Object.keys(components).join(', '),
    })),
  faults: () =>
    Object.values(faults).map(({ kind, summary, environments }) => ({
      kind,
      summary,
      environments: environments.join(', '),
    })),
  scenarios: () =>
    Object.keys(systems).flatMap((system) =>
      scenarioNames(projectDir, system).map((scenario) => ({ scenario: `${system}/${scenario}` })),
    ),
  gamedays: () => gameDayNames(projectDir).map((name) => ({ 'game day': name })),
}

/** Runs with their verdict, and whether anything may still be there. */
const runRows = async (outDir: string): Promise<Row[]> => {
  const rows: Row[] = []
  // One after the other: each may be large.
  for (const id of runIds(outDir, hasBegun)) {
    const dir = join(outDir, id)
    rows.push({ run: id, verdict: verdictOf(dir), left: await leftOf(dir) })
  }
  return rows
}

const verdictOf = (dir: string): string => {
  if (!isInRecord(dir, recordFiles.verdict)) return 'not judged'
  const verdict = readable(() => readVerdict(dir))
  if (verdict === null) return 'not readable'
  const { result, ended, exitCode } = verdict
  return `${result}${ended === 'completed' ? '' : `, ${ended}`} (exit ${exitCode})`
}

const leftOf = async (dir: string): Promise<string> => {
  const found = readable(() => ledgerDirs(dir))
  if (found === null) return 'not readable'
  const ledgers = found.filter((ledger) => readable(() => isInRecord(ledger, recordFiles.events)) ?? true)
  const all = await Promise.all(ledgers.map(readLeftovers))
  if (all.some(isRunning)) return 'still running'
  return all.every(isSettled) ? 'nothing' : 'perhaps: run `holdfast cleanup`'
}

const table = (rows: Row[]): string => {
  const columns = Object.keys(rows[0] ?? {})
  const widths = columns.map((column) =>
    Math.max(column.length, ...rows.map((row) => cleanLine(row[column] ?? '').length)),
  )
  const line = (cells: string[]) =>
    cells
      .map((cell, index) => cell.padEnd(widths[index] ?? 0))
      .join('  ')
      .trimEnd()
  return [line(columns), ...rows.map((row) => line(columns.map((column) => cleanLine(row[column] ?? ''))))]
    .map((text) => `${text}\n`)
    .join('')
}
