import { join } from 'node:path'
import { cleanLine } from '../../model/clean.ts'
import { HoldfastError } from '../../model/errors.ts'
import { type ExitCode, exitCodes } from '../../model/exit-codes.ts'
import { cleanUp, isRunning, readLeftovers } from '../../run/leftovers.ts'
import { dropLocksOf } from '../../run/lock.ts'
import { noteCleanUp } from '../../run/note-clean-up.ts'
import { stateDir } from '../../run/state-dir.ts'
import { recordDirOf, runIds } from '../project.ts'

/** `holdfast cleanup [run|--all]`: undoes from the ledger what a run left behind. Safe to run twice. */
export const cleanupCommand = async (
  run: string | undefined,
  options: { all?: boolean; out: string; json?: boolean },
): Promise<ExitCode> => {
  if ((run === undefined) === (options.all !== true)) {
    throw new HoldfastError('cleanup needs either a run or --all', {
      hint: '`holdfast list` shows the runs there are.',
    })
  }
  const dirs =
    run === undefined ? runIds(options.out).map((id) => recordDirOf(id, options.out)) : [recordDirOf(run, options.out)]
  const results = []
  for (const dir of dirs) {
    const left = await readLeftovers(dir)
    if (isRunning(left)) {
      if (run !== undefined) {
        throw new HoldfastError(`${dir} is still running (pid ${left.pid})`, {
          hint: 'Press Ctrl-C in its terminal, or send it SIGINT.',
        })
      }
      continue
    }
    const result = await cleanUp(dir)
    noteCleanUp(dir, '`holdfast cleanup` cleaned up', left, result)
    dropLocksOf(dir, join(stateDir(), 'locks'))
    results.push({ run: dir, ...result })
  }
  const failed = results.some((result) => result.failed.length > 0)
  if (options.json) process.stdout.write(`${JSON.stringify(results, null, 2)}\n`)
  else if (results.length === 0) process.stdout.write('nothing to clean up\n')
  else for (const result of results) printResult(result)
  return failed ? exitCodes.faultNotRemoved : exitCodes.pass
}

const printResult = ({ run, done, failed }: { run: string; done: string[]; failed: string[] }): void => {
  const mark = failed.length > 0 ? '✕' : '✔'
  process.stdout.write(`${mark} ${run}: ${cleanLine([...done, ...failed].join('; ')) || 'nothing left'}\n`)
}
