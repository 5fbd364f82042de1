import { appendFileSync, mkdirSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { parseArgs } from 'node:util'
import { resolveTools } from '../build/toolchain.ts'
import { HoldfastError, messageOf } from '../model/errors.ts'
import { type ExitCode, exitCodes } from '../model/exit-codes.ts'
import { type Round, type RoundRun, roundSchemaVersion } from '../model/round.ts'
import { provenanceOf } from '../plan/provenance.ts'
import { roundMarkdown } from '../reports/markdown/round.ts'
import { systems } from '../systems/index.ts'
import { newRunId, projectDir } from './project.ts'
import { choose } from './round/choose.ts'
import { nameOf, summed } from './round/explain.ts'
import { oneRun } from './round/one-run.ts'
import { startProgress } from './round/progress.ts'
import { writeRound } from './round/write.ts'
import { onSignals } from './signals.ts'
import { paint, printError } from './terminal.ts'

const usage = `Runs every game day of every system, one after the other, and writes one page over all of their reports.

  npm run gameday:all                           healthy stand-ins: each game day has to pass
  npm run gameday:all -- --weaknesses           each weakness of a stand-in: the objective that is meant to catch it has to fail
  npm run gameday:all -- --only <system>        only these (a system or a game day; may be repeated)
  npm run gameday:all -- --out <folder>         where records and the page go, out by default
  npm run gameday:all -- --json                 prints the round as JSON; progress then goes to stderr

Exit codes: as of holdfast run; the most serious one of all runs.
`

/** @throws HoldfastError for an unknown option. */
const readArgs = () => {
  try {
    return parseArgs({
      options: {
        only: { type: 'string', multiple: true, default: [] },
        weaknesses: { type: 'boolean', default: false },
        out: { type: 'string', short: 'o', default: 'out' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    }).values
  } catch (cause) {
    throw new HoldfastError(messageOf(cause), { hint: 'See `npm run gameday:all -- --help`.', cause })
  }
}

const main = async (): Promise<ExitCode> => {
  const args = readArgs()
  if (args.help) {
    process.stdout.write(usage)
    return exitCodes.pass
  }
  const kind = args.weaknesses ? 'weaknesses' : 'gamedays'
  const only = args.only.flatMap((names) => names.split(','))
  const { runs: planned, leftOut } = await choose(projectDir, systems, kind, only)
  if (planned.length === 0) throw new HoldfastError('there is nothing to run', { hint: 'Leave --only out.' })

  const startedAtMs = Date.now()
  const id = newRunId(args.weaknesses ? 'weaknesses' : 'gamedays', new Date(startedAtMs))
  const outDir = resolve(args.out)
  const roundDir = join(outDir, id)
  mkdirSync(roundDir, { recursive: true, mode: 0o700 })
  const { versions, k6 } = resolveTools(projectDir)
  const command = ['npm run gameday:all', ...(process.argv.length > 2 ? ['--'] : []), ...process.argv.slice(2)].join(
    ' ',
  )
  const provenance = provenanceOf(projectDir, command, { versions, k6 })

  const stop = new AbortController()
  const progress = startProgress(args.json ? process.stderr : process.stdout, planned)
  const release = onSignals((signal) => {
    progress.say(`${signal}: the run that is going on ends, faults first; no other is started`)
    stop.abort()
  }, progress.say)
  const runs: RoundRun[] = []
  let ended: Round['ended'] = 'completed'
  const round = (): Round => ({
    schemaVersion: roundSchemaVersion,
    kind,
    id,
    startedAtMs,
    durationMs: Date.now() - startedAtMs,
    ended,
    ...summed(kind, ended, runs, planned.length),
    runs,
    notRun: [
      ...planned.slice(runs.length).map((run) => ({ gameDay: nameOf(run), reason: 'was not reached' })),
      ...leftOut,
    ],
    provenance,
  })
  try {
    for (const [index, next] of planned.entries()) {
      progress.start(index)
      const run = await oneRun(next, { outDir, roundDir, number: index + 1, stop: stop.signal })
      runs.push(run)
      progress.end(index, run)
      if (stop.signal.aborted) ended = 'interrupted'
      // What may be left must be seen to first: nothing measured beside it could be trusted.
      else if (run.exitCode === exitCodes.faultNotRemoved) ended = 'stopped'
      // After each run, so that whatever ends us leaves a page of what ran.
      writeRound(roundDir, round())
      if (ended !== 'completed') break
    }
  } finally {
    progress.close()
    release()
  }
  const whole = round()
  const page = relative(process.cwd(), writeRound(roundDir, whole))
  if (process.env.GITHUB_STEP_SUMMARY) appendFileSync(process.env.GITHUB_STEP_SUMMARY, roundMarkdown(whole))
  if (args.json) process.stdout.write(`${JSON.stringify({ ...whole, page: resolve(page) }, null, 2)}\n`)
  else process.stdout.write(`\n${paint(process.stdout, 'bold', whole.sentence)}\n\n${page}\n`)
  return whole.exitCode
}

try {
  process.exitCode = await main()
} catch (error) {
  process.exitCode = printError(error instanceof Error ? error : messageOf(error))
}
