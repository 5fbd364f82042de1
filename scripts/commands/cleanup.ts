import { join, resolve } from 'node:path'
import type { ClusterChoice } from '../../chaos/drivers/kube/choice.ts'
import { type Cluster, connect } from '../../chaos/drivers/kube/connect.ts'
import { currentHolder, freeLock, type Holder } from '../../chaos/drivers/kube/lock.ts'
import { runName } from '../../chaos/drivers/kube/names.ts'
import { listRuns, type RunInCluster, removeRun } from '../../chaos/drivers/kube/runs.ts'
import { cleanLine } from '../../model/clean.ts'
import { HoldfastError } from '../../model/errors.ts'
import { type ExitCode, exitCodes } from '../../model/exit-codes.ts'
import { ledgerDirs } from '../../run/ledgers.ts'
import { cleanUp, isRunning, readLeftovers } from '../../run/leftovers.ts'
import { dropLocksOf } from '../../run/lock.ts'
import { noteCleanUp } from '../../run/note-clean-up.ts'
import { readPlan } from '../../run/record.ts'
import { stateDir } from '../../run/state-dir.ts'
import { hasBegun, recordDirOf, runIds } from '../project.ts'

/** `holdfast cleanup [run|--all]`: undoes from the ledger what a run left behind. Safe to run twice. */
export const cleanupCommand = async (run: string | undefined, options: CleanupOptions): Promise<ExitCode> => {
  // In a namespace all dead runs are meant: whose they are is not known on this machine.
  if ((run === undefined) === (options.all !== true) && (run !== undefined || options.env !== 'kubernetes')) {
    throw new HoldfastError('cleanup needs either a run or --all', {
      hint: '`holdfast list` shows the runs there are.',
    })
  }
  if (options.env === 'kubernetes') {
    const id = run === undefined ? run : idOf(run, options.out)
    return report(await cleanUpCluster(id, options), options)
  }
  const dirs =
    run === undefined
      ? runIds(options.out, hasBegun).map((id) => resolve(options.out, id))
      : [recordDirOf(run, options.out, hasBegun)]
  const results: Result[] = []
  for (const dir of dirs) {
    const ledgers = await readLedgers(dir).catch((error: unknown) => {
      // One that can't be read must not keep the others from being cleaned up.
      if (run !== undefined || !(error instanceof HoldfastError)) throw error
      results.push({ run: dir, done: [], failed: [error.message] })
      return null
    })
    if (ledgers === null) continue
    const running = ledgers.find(({ left }) => isRunning(left))
    if (running !== undefined) {
      if (run !== undefined) {
        throw new HoldfastError(`${dir} is still running (pid ${running.left.pid})`, {
          hint: `Press Ctrl-C in its terminal, or end it with: holdfast stop ${run}`,
        })
      }
      continue
    }
    const done: string[] = []
    const failed: string[] = []
    for (const ledger of ledgers) {
      const result = await cleanUp(ledger.dir)
      noteCleanUp(ledger.dir, '`holdfast cleanup` cleaned up', ledger.left, result)
      done.push(...result.done)
      failed.push(...result.failed)
    }
    dropLocksOf(dir, join(stateDir(), 'locks'))
    results.push({ run: dir, done, failed })
  }
  return report(results, options)
}

const readLedgers = async (dir: string) =>
  Promise.all(ledgerDirs(dir).map(async (ledger) => ({ dir: ledger, left: await readLeftovers(ledger) })))

interface CleanupOptions extends ClusterChoice {
  env?: 'kubernetes'
  all?: boolean
  out: string
  json?: boolean
}

type Result = { run: string; done: string[]; failed: string[] }

/** `latest` and a folder are known from the record; any other text is the id of a run of any machine. */
const idOf = (run: string, outDir: string): string =>
  run === 'latest' || run.includes('/') ? readPlan(recordDirOf(run, outDir)).runId : run

/** By label, from any machine: no record is needed. With `--all`, a run that is alive is left alone. */
const cleanUpCluster = async (run: string | undefined, options: CleanupOptions): Promise<Result[]> => {
  const cluster = await connect(options)
  const [there, holder] = await Promise.all([listRuns(cluster), currentHolder(cluster)])
  const isHolder = (label: string) => holder !== null && runName(holder.runId) === label
  const wanted = there.filter((known) =>
    run === undefined ? !isHolder(known.run) : [known.runId, known.run].includes(run),
  )
  // Its ConfigMap may be gone, and a fault of it still on its way out.
  const removals = wanted.length > 0 || run === undefined ? wanted : [{ run: runName(run), runId: run, kinds: [] }]
  const results = await Promise.all(
    removals.map(async ({ run: label, runId, kinds }) => {
      const result = await removeRun(cluster, label, kinds.length > 0 ? kinds : undefined)
      if (holder !== null && isHolder(label)) {
        await freeLock(cluster, holder.identity)
        result.done.push('freed the lock of the namespace')
      }
      // Of a mistyped id, too, there is nothing: "nothing left" alone would be taken for an all-clear.
      if (wanted.length === 0 && result.done.length === 0) result.done.push(nothingOf(cluster, there))
      return { run: runId || label, ...result }
    }),
  )
  return run === undefined && holder !== null ? [...results, leftAlone(holder)] : results
}

const nothingOf = ({ ref }: Cluster, there: RunInCluster[]): string => {
  const known =
    there.length === 0
      ? 'no other run either'
      : `runs that have left something: ${there.map(({ runId, run }) => runId || run).join(', ')}`
  return `nothing of a run of this id is in the namespace ${ref.namespace}; ${known}`
}

const leftAlone = ({ runId, host, silentMs }: Holder): Result => {
  const text = `left alone: it is alive on ${host}, ${(silentMs / 1_000).toFixed(0)} s ago; to end it all the same, name it`
  return { run: runId, done: [text], failed: [] }
}

const report = (results: Result[], { json }: CleanupOptions): ExitCode => {
  if (json) process.stdout.write(`${JSON.stringify(results, null, 2)}\n`)
  else if (results.length === 0) process.stdout.write('nothing to clean up\n')
  else for (const result of results) printResult(result)
  return results.some(({ failed }) => failed.length > 0) ? exitCodes.faultNotRemoved : exitCodes.pass
}

const printResult = ({ run, done, failed }: Result): void => {
  const mark = failed.length > 0 ? '✕' : '✔'
  process.stdout.write(`${mark} ${run}: ${cleanLine([...done, ...failed].join('; ')) || 'nothing left'}\n`)
}
