import { mkdirSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { stripVTControlCharacters } from 'node:util'
import { cleanLine } from '../../model/clean.ts'
import { messageOf } from '../../model/errors.ts'
import { type ExitCode, exitCodes } from '../../model/exit-codes.ts'
import type { RoundRun } from '../../model/round.ts'
import { readVerdict } from '../read-verdict.ts'
import { type ChildEnd, runChild } from './child.ts'
import type { Planned } from './choose.ts'
import { judged, nameOf } from './explain.ts'

/** A run that takes this much longer than planned has hung. */
const mostMs = ({ lengthMs }: Planned): number => 3 * lengthMs + 120_000

/** Runs one game day to its end, whatever that is; its output becomes a file of the round. Never throws. */
export const oneRun = async (
  planned: Planned,
  at: { outDir: string; roundDir: string; number: number; stop: AbortSignal },
): Promise<RoundRun> => {
  const startedAt = performance.now()
  const { gameDay, title, system, weakness } = planned
  const args = [
    gameDay,
    ...planned.options,
    '--out',
    at.outDir,
    ...(weakness === null ? [] : ['--weakness', weakness.name]),
  ]
  const log = join(
    'logs',
    `${String(at.number).padStart(2, '0')}-${nameOf(planned).replaceAll(/[^a-z0-9]+/g, '-')}.txt`,
  )
  const run = { gameDay, title, system, weakness, log }
  const unknown = { standing: 'unclear', result: null, objectives: null, faults: null, record: null } as const
  const since = () => Math.round(performance.now() - startedAt)
  try {
    const end = await runChild(args, at.stop, mostMs(planned))
    mkdirSync(join(at.roundDir, 'logs'), { recursive: true, mode: 0o700 })
    writeFileSync(join(at.roundDir, log), stripVTControlCharacters(end.stderr), { mode: 0o600 })
    const record = recordOf(end)
    if (record === null) return { ...run, ...unknown, ...withoutRecord(end), durationMs: since() }
    const found = { ...run, ...judged(readVerdict(record), weakness), record: relative(at.roundDir, record) }
    return { ...found, ...(end.tookTooLong ? tookTooLong(found) : {}), durationMs: since() }
  } catch (error) {
    const failure = { exitCode: exitCodes.inconclusive, explanation: cleanLine(messageOf(error)) }
    return { ...run, ...unknown, ...failure, durationMs: since() }
  }
}

/** The folder that the run's JSON names; null when it printed none. */
const recordOf = ({ stdout }: ChildEnd): string | null => {
  try {
    const { record } = JSON.parse(stdout) as { record?: unknown }
    return typeof record === 'string' ? record : null
  } catch {
    return null // it ended before there was a verdict
  }
}

const codeOf = ({ code }: ChildEnd): ExitCode =>
  Object.values(exitCodes).find((known) => known === code && known !== exitCodes.pass) ?? exitCodes.inconclusive

type Told = Pick<RoundRun, 'exitCode' | 'explanation'>

/** It was ended by the round: nobody interrupted anything, and what it would have shown is not known. */
export const tookTooLong = ({ exitCode, explanation }: Told): Told => ({
  exitCode: exitCode === exitCodes.interrupted ? exitCodes.inconclusive : exitCode,
  explanation: `Took far too long and was ended. ${explanation}`,
})

/** What is known of a run that printed no verdict. */
export const withoutRecord = (end: ChildEnd): Told => {
  const told = { exitCode: codeOf(end), explanation: lastWords(end) }
  return end.tookTooLong ? tookTooLong(told) : told
}

/** The error that it ended with, in its own words. */
const lastWords = ({ stderr, code, signal }: ChildEnd): string => {
  const lines = stripVTControlCharacters(stderr).split('\n')
  const error = lines.findLast((line) => line.startsWith('✕ '))
  return cleanLine(error?.slice(2) ?? `It ended with ${signal ?? `exit code ${code}`} and said nothing.`)
}
