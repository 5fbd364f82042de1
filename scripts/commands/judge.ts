import { relative, resolve } from 'node:path'
import { HoldfastError } from '../../model/errors.ts'
import type { ExitCode } from '../../model/exit-codes.ts'
import type { Plan } from '../../model/plan.ts'
import { fromPrometheus, plannedPrometheus } from '../../plan/prometheus.ts'
import { rejudgedPlan } from '../../plan/rejudge.ts'
import { verdictText } from '../../reports/terminal.ts'
import { trustAuthorities } from '../../run/authorities.ts'
import { isRunning, readLeftovers } from '../../run/leftovers.ts'
import { useForwardProxies } from '../../run/network.ts'
import { checkPrometheus, recordPrometheus, refuseOtherQueries } from '../../run/prometheus.ts'
import { readEvents, readPlan } from '../../run/record.ts'
import { isInRecord } from '../../run/record-files.ts'
import { recordFiles } from '../../run/record-names.ts'
import { systems } from '../../systems/index.ts'
import { typedBaselines } from '../baseline.ts'
import { judgeRecord } from '../judge-record.ts'
import { projectDir, recordDirOf } from '../project.ts'
import { rejudgedSteps } from '../rejudge-steps.ts'
import { printWarning, useColor } from '../terminal.ts'

/** `holdfast judge <run>`: judges a record again, offline; with `--slo` by another document, a search's steps too. */
export const judgeCommand = async (
  run: string,
  options: { slo?: string; baseline: string[]; prometheus?: string; caFile?: string; out: string; json?: boolean },
): Promise<ExitCode> => {
  const recordDir = recordDirOf(run, options.out)
  const recorded = readPlan(recordDir)
  await refuseLive(recordDir)
  const asked = withPrometheus(recorded, options.prometheus, options.slo)
  const baselines = typedBaselines(options.baseline, options.out, recordDir)
  const { slo } = options
  const planned = withBaseline(slo === undefined ? asked : withSlo(asked, slo), baselines)
  if (options.prometheus !== undefined) {
    trustAuthorities(options.caFile)
    useForwardProxies(process.env, planned.prometheus === undefined ? [] : [planned.prometheus.url])
    await askAgain(planned, recordDir)
  } else refuseOtherQueries(recorded, planned)
  const plan = slo === undefined ? planned : await withStepsBy(slo, planned, recordDir)
  const verdict = await judgeRecord(recordDir, plan)
  if (options.json) process.stdout.write(`${JSON.stringify(verdict, null, 2)}\n`)
  else {
    const report = relative(process.cwd(), resolve(recordDir, 'report.html'))
    process.stdout.write(`${verdictText({ plan, verdict }, { color: useColor(process.stdout) })}\n\n${report}\n`)
  }
  return verdict.exitCode
}

/** The objectives' queries go to this server, which may know more of the run than was recorded. */
const withPrometheus = (plan: Plan, url: string | undefined, slo: string | undefined): Plan => {
  if (url === undefined) return plan
  if (plan.prometheus === undefined && slo === undefined) {
    throw new HoldfastError('--prometheus: the run was planned without a Prometheus server', {
      hint: `Add --slo ${plan.slo.file}, so that its objectives are planned again.`,
    })
  }
  const prometheus = plannedPrometheus(url, plan.phases.recovery.endMs)
  return { ...plan, prometheus, objectives: fromPrometheus(plan.objectives) }
}

/** @throws HoldfastError when the server does not answer, or refuses a query; then the record stays as it was. */
const askAgain = async (plan: Plan, recordDir: string): Promise<void> => {
  const span = await loadSpan(recordDir)
  if (span === null) throw new HoldfastError(`${recordDir}: its load never started, so there is nothing to ask for`)
  for (const warning of [
    ...(await checkPrometheus(plan, process.env)),
    ...(await recordPrometheus(plan, recordDir, span, process.env)),
  ]) {
    printWarning(warning)
  }
}

/** From the first request to the end of the load. */
const loadSpan = async (recordDir: string): Promise<{ fromMs: number; toMs: number } | null> => {
  let fromMs: number | null = null
  let toMs = 0
  for await (const event of readEvents(recordDir)) {
    if (event.type === 'load.started') fromMs ??= event.atMs
    if (event.type === 'load.ended' || event.type === 'run.ended') toMs ||= event.atMs
  }
  return fromMs === null || toMs <= fromMs ? null : { fromMs, toMs }
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
  const selected = Object.keys(system.kubernetes?.selectors ?? {})
  return rejudgedPlan(recorded, projectDir, resolve(sloFile), {
    ...{ components, selected },
    hasAudit: system.audit !== undefined,
  })
}

/** What is said of the capacity is by one document: the steps of the search are judged by the other one, too. */
const withStepsBy = async (slo: string, plan: Plan, recordDir: string): Promise<Plan> => {
  const rejudged = await rejudgedSteps(plan, recordDir, (step) => withSlo(step, slo))
  if (rejudged !== null) return rejudged
  printWarning(`${recordDir}: the steps of its search are not all there to be judged by ${slo}: no capacity is told`)
  const { capacity, ...rest } = plan
  return rest
}

/** A verdict in the record of a run that is going on would be read as its end. */
const refuseLive = async (recordDir: string): Promise<void> => {
  if (!isInRecord(recordDir, recordFiles.events)) return
  const left = await readLeftovers(recordDir)
  if (!isRunning(left)) return
  throw new HoldfastError(`${recordDir} is still being written (pid ${left.pid})`, {
    hint: 'Judge it when the run has ended; it is judged then by itself.',
  })
}
