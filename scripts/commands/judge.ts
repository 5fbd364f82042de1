import { existsSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { HoldfastError } from '../../model/errors.ts'
import type { ExitCode } from '../../model/exit-codes.ts'
import type { Plan } from '../../model/plan.ts'
import { rejudgedPlan } from '../../plan/rejudge.ts'
import { verdictText } from '../../reports/terminal.ts'
import { isRunning, readLeftovers } from '../../run/leftovers.ts'
import { readPlan, recordFiles } from '../../run/record.ts'
import { systems } from '../../systems/index.ts'
import { judgeRecord } from '../judge-record.ts'
import { projectDir, recordDirOf } from '../project.ts'
import { useColor } from '../terminal.ts'

/** `holdfast judge <run>`: judges a record again, offline; with `--slo` by another document. */
export const judgeCommand = async (
  run: string,
  options: { slo?: string; baseline: string[]; out: string; json?: boolean },
): Promise<ExitCode> => {
  const recordDir = recordDirOf(run, options.out)
  const recorded = readPlan(recordDir)
  await refuseLive(recordDir)
  const plan = withBaseline(options.slo === undefined ? recorded : withSlo(recorded, options.slo), options.baseline)
  const verdict = await judgeRecord(recordDir, plan)
  if (options.json) process.stdout.write(`${JSON.stringify(verdict, null, 2)}\n`)
  else {
    const report = relative(process.cwd(), resolve(recordDir, 'report.html'))
    process.stdout.write(`${verdictText({ plan, verdict }, { color: useColor(process.stdout) })}\n\n${report}\n`)
  }
  return verdict.exitCode
}

/** Other runs to compare with than those of the plan; whether they gate stays the game day's to say. */
const withBaseline = (plan: Plan, runs: string[]): Plan =>
  runs.length === 0 ? plan : { ...plan, baseline: { runs, gates: plan.baseline?.gates ?? false } }

const withSlo = (recorded: Plan, sloFile: string): Plan => {
  const system = systems[recorded.system.name]
  if (!system)
    throw new HoldfastError(`the record is of system "${recorded.system.name}", which is not here`, {
      hint: 'Judge it without --slo.',
    })
  const components = Object.keys(system.components)
  return rejudgedPlan(recorded, projectDir, resolve(sloFile), { components, hasAudit: system.audit !== undefined })
}

/** A verdict in the record of a run that is going on would be read as its end. */
const refuseLive = async (recordDir: string): Promise<void> => {
  if (!existsSync(join(recordDir, recordFiles.events))) return
  const left = await readLeftovers(recordDir)
  if (!isRunning(left)) return
  throw new HoldfastError(`${recordDir} is still being written (pid ${left.pid})`, {
    hint: 'Judge it when the run has ended; it is judged then by itself.',
  })
}
