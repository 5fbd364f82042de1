import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { scenarioNames } from '../../build/bundle.ts'
import { faults } from '../../chaos/faults/index.ts'
import { type ExitCode, exitCodes } from '../../model/exit-codes.ts'
import { gameDayNames } from '../../plan/gameday.ts'
import { ledgerDirs } from '../../run/ledgers.ts'
import { isRunning, isSettled, readLeftovers } from '../../run/leftovers.ts'
import { recordFiles } from '../../run/record.ts'
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
const runRows = async (outDir: string): Promise<Row[]> =>
  await Promise.all(
    runIds(outDir, hasBegun).map(async (id) => {
      const dir = join(outDir, id)
      return { run: id, verdict: verdictOf(dir), left: await leftOf(dir) }
    }),
  )

const verdictOf = (dir: string): string => {
  if (!existsSync(join(dir, recordFiles.verdict))) return 'not judged'
  const verdict = readable(() => readVerdict(dir))
  if (verdict === null) return 'not readable'
  const { result, ended, exitCode } = verdict
  return `${result}${ended === 'completed' ? '' : `, ${ended}`} (exit ${exitCode})`
}

const leftOf = async (dir: string): Promise<string> => {
  const ledgers = ledgerDirs(dir).filter((ledger) => existsSync(join(ledger, recordFiles.events)))
  const all = await Promise.all(ledgers.map(readLeftovers))
  if (all.some(isRunning)) return 'still running'
  return all.every(isSettled) ? 'nothing' : 'perhaps: run `holdfast cleanup`'
}

const table = (rows: Row[]): string => {
  const columns = Object.keys(rows[0] ?? {})
  const widths = columns.map((column) => Math.max(column.length, ...rows.map((row) => (row[column] ?? '').length)))
  const line = (cells: string[]) =>
    cells
      .map((cell, index) => cell.padEnd(widths[index] ?? 0))
      .join('  ')
      .trimEnd()
  return [line(columns), ...rows.map((row) => line(columns.map((column) => row[column] ?? '')))]
    .map((text) => `${text}\n`)
    .join('')
}
