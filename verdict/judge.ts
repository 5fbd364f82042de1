import type { CapacityStep } from '../model/capacity.ts'
import { notJudgedTexts } from '../model/not-judged.ts'
import type { ProportionObjective, ResilienceObjective } from '../model/objective.ts'
import type { Plan } from '../model/plan.ts'
import type { Charts, Comparison, EarlierRun, FaultResult, Outcome, Verdict } from '../model/verdict.ts'
import { mayBeLeft, verdictSchemaVersion } from '../model/verdict.ts'
import { withBrokenSeconds } from './broken-seconds.ts'
import { capacityOf } from './capacity.ts'
import { makeCharts } from './charts.ts'
import type { Baseline } from './compare.ts'
import { compare } from './compare.ts'
import { confirmDecision } from './decided.ts'
import { faultResults, worstSli } from './faults.ts'
import type { Folded } from './fold.ts'
import { plural } from './format.ts'
import { judgeHealth } from './health.ts'
import type { History } from './history.ts'
import { changesThatCount } from './lasting/apply.ts'
import { loadPoint } from './load-point.ts'
import { chargeLosses } from './losses.ts'
import { measureRun } from './measured-run.ts'
import type { JudgeContext } from './objectives/context.ts'
import { worse } from './objectives/context.ts'
import { judgeObjective } from './objectives/index.ts'
import { isOfRun, judgeForFault } from './objectives/resilience.ts'
import type { RunRecord } from './read-run.ts'
import { readRun } from './read-run.ts'
import { watchedSlis } from './recover-groups.ts'
import { doubts, exitCodeOf, runResult, unconfirmedFaults } from './result.ts'
import { countedSeconds } from './seconds.ts'
import { unrecovered, withoutRecovered } from './unrecovered.ts'
import type { Histogram } from './windows.ts'
import { addHistogram, newHistogram } from './windows.ts'
import type { Told } from './words.ts'
import { cannotTell, detail, sentence } from './words.ts'
import { readFailure, readWrites } from './writes.ts'

/** A record, with what stands beside it. */
export interface JudgeInput extends RunRecord {
  /** Verdicts of earlier runs, newest first; the figures of the newest stand beside these. */
  earlier?: Verdict[]
  /** Runs to compare with, and those that can't be; absent where the plan names none. */
  baseline?: Baseline
}

/**
 * Judges a finished record, whole or cut short. Pure: the same record gives the same verdict. Bad
 * input never throws and never passes: what is missing becomes `no-data` or `inconclusive`.
 */
export const judge = async ({
  plan,
  events,
  lines,
  mostSeconds,
  earlier = [],
  baseline,
}: JudgeInput): Promise<{ verdict: Verdict; charts: Charts; point: CapacityStep }> => {
  const warnings: string[] = []
  const run = await readRun({ plan, events, lines, mostSeconds })
  const { history, folded, startedAtMs, endedAtMs, groups, spans, phases } = run
  const { changes, unseen } = run.lasting
  const tooFew = run.tooFew.map(({ sli, due }) => tooFewText(sli, due))
  const writes = readWrites(history.audit, folded.acks, plan.runId)
  const losses = writes && chargeLosses(writes, groups)
  const openFaults = faultResults(plan, history, groups, startedAtMs, losses)

  const warn = (message: string) => void (warnings.includes(message) || warnings.push(message))
  const outside = losses?.outside ?? 0
  const context: JudgeContext = { plan, history, folded, phases, faults: openFaults, writes, outside, warn }
  const judged = plan.objectives.map((objective) => {
    const result = judgeObjective(objective, context)
    return objective.kind === 'proportion' ? withBrokenSeconds(result, objective, context) : result
  })
  const confirmed = confirmDecision(run, judged)
  const reached = new Set(spans.map(({ phase }) => phase))
  const objectives = confirmed.results
    .map((result, at) => withoutRecovered(result, reached, plan.objectives[at]?.phases ?? []))
    .map((result) => withPrevious(result, earlier[0]))
  const faults = openFaults.map((fault) => judgeFault(fault, context))

  const health = judgeHealth(plan, folded, phases, startedAtMs, history.loadEnded ? endedAtMs : endedAtMs - 1000)
  const invalidReasons = [
    ...unconfirmedFaults(history, faults),
    ...health.invalidReasons,
    ...earlyEnd(plan, history, startedAtMs),
  ]
  const doubtReasons = doubts(history, folded, faults, objectives, confirmed.text !== null)
  const comparison = baseline && compare(measureRun(run), baseline)
  const lasting = changesThatCount(changes, plan)
  const stillBad = [...unrecovered(faults, watchedSlis(plan)), ...lasting.map(({ text }) => text)]
  const result = runResult(objectives, invalidReasons, [...doubtReasons, ...stillBad], comparison)
  const told: Told = {
    plan,
    comparison,
    writes,
    history,
    result,
    objectives,
    faults,
    health,
    invalidReasons,
    doubts: doubtReasons,
    stillBad,
    changes: lasting,
    decision: confirmed.text,
    scenarioErrors: scenarioErrors(folded),
  }
  const watchedSeconds = countedSeconds(folded.chart.seconds, phases.in(['steady', 'recovered'])).length

  const unjudged = notJudgedTexts(plan)
  const judgedRun: Verdict = {
    schemaVersion: verdictSchemaVersion,
    runId: plan.runId,
    result,
    exitCode: exitCodeOf(result, history),
    sentence: sentence(told),
    detail: detail(told),
    ended: history.ended,
    tainted: faults.some(mayBeLeft),
    invalidReasons,
    ...(unjudged.length > 0 ? { notJudged: unjudged } : {}),
    objectives,
    faults,
    ...(comparison ? { baseline: comparison } : {}),
    ...(changes.length > 0 ? { changes } : {}),
    cannotTell: [...cannotTell(told, tooFew, watchedSeconds), ...unseen],
    load: health.load,
    topErrors: topErrors(folded),
    warnings: [
      ...warnings,
      ...health.notes,
      ...recordWarnings(history, folded),
      ...history.warnings,
      ...history.errors,
    ],
    startedAtMs,
    durationMs: Math.max(0, endedAtMs - startedAtMs),
    phases: spans.map(({ phase, fromMs, toMs }) => ({
      phase,
      startMs: fromMs - startedAtMs,
      endMs: toMs - startedAtMs,
    })),
    history: earlier.map((before) => earlierRun(before, objectives)),
  }
  const point = loadPoint(run, judgedRun, plan.capacity?.factor ?? 1)
  return {
    verdict:
      plan.capacity === undefined
        ? judgedRun
        : withCapacity(judgedRun, [...plan.capacity.steps, point], plan.capacity.upTo),
    point,
    charts: makeCharts({
      plan,
      folded,
      faults,
      spans,
      phases,
      startedAtMs,
      endedAtMs,
      baseline: comparedCurve(comparison, baseline),
    }),
  }
}

/** What was found out about the capacity comes first, unless the run itself has to say something worse. */
const withCapacity = (verdict: Verdict, steps: CapacityStep[], upTo: number): Verdict => {
  const capacity = capacityOf(steps, upTo)
  const [first, second] =
    verdict.result === 'pass' ? [capacity.sentence, verdict.sentence] : [verdict.sentence, capacity.sentence]
  return { ...verdict, capacity, sentence: first, detail: `${second} ${verdict.detail}` }
}

/** k6 ended before its time, and nobody had asked it to. */
const earlyEnd = (plan: Plan, history: History, startedAtMs: number): string[] => {
  if (!history.loadEnded || ['interrupted', 'guard', 'decided'].includes(history.ended)) return []
  const { atMs, exitCode, signal } = history.loadEnded
  const loadEndMs = Math.max(0, ...plan.load.map((load) => load.durationMs))
  if (atMs - startedAtMs >= 0.99 * Math.min(loadEndMs, plan.phases.recovery.endMs)) return []
  const how = history.errors[0] ?? (signal === null ? `exit code ${exitCode ?? 'unknown'}` : signal)
  return [
    `k6 ended ${plural(Math.round((loadEndMs - (atMs - startedAtMs)) / 1000), 'second')} before the load did (${how})`,
  ]
}

/** The requests of the runs that were really compared, together. */
const comparedCurve = (comparison: Comparison | undefined, baseline: Baseline | undefined): Histogram | null => {
  const runs = baseline?.runs.filter(({ runId }) => comparison?.runs.includes(runId)) ?? []
  if (runs.length === 0) return null
  const sum = newHistogram(3)
  for (const { chart } of runs) addHistogram(sum, chart)
  return sum
}

const tooFewText = (sli: ProportionObjective, due: number): string =>
  `Recovery of "${sli.title}": ${plural(due, 'request')} in the whole run are too few to see it with.`

/** The outcome of a fault: the worst of the required objectives judged for it. */
const judgeFault = (fault: FaultResult, context: JudgeContext): FaultResult => {
  const objectives = context.plan.objectives.filter(
    (objective): objective is ResilienceObjective =>
      objective.kind === 'resilience' && objective.gate === 'required' && !isOfRun(objective, context),
  )
  const findings = objectives.map((objective) => {
    try {
      return judgeForFault(objective, fault, context)
    } catch {
      // The objective's own result tells of the crash.
      return { outcome: 'error' as const, reason: `${objective.title}: the check itself failed` }
    }
  })
  if (findings.length > 0) {
    const outcome = findings.reduce<Outcome>((worst, finding) => worse(worst, finding.outcome), 'pass')
    // Its own text says it; only what is proven all the same is added.
    if (fault.activeUntilMs !== undefined && outcome !== 'fail') return { ...fault, outcome, reason: '' }
    return { ...fault, outcome, reason: findings.find((finding) => finding.outcome === outcome)?.reason ?? '' }
  }
  const state = worstSli(fault.perSli)?.state
  if (fault.skippedReason !== null)
    return { ...fault, outcome: 'inconclusive', reason: `not injected: ${fault.skippedReason}` }
  if (fault.activeUntilMs !== undefined) return { ...fault, outcome: 'inconclusive', reason: '' }
  if (!fault.confirmedActive) return { ...fault, outcome: 'inconclusive', reason: 'not confirmed active' }
  if (state === undefined || state === 'no-data')
    return { ...fault, outcome: 'no-data', reason: 'no request to see it with' }
  const seen = state === 'absorbed' || state === 'recovered'
  return { ...fault, outcome: seen ? 'pass' : 'inconclusive', reason: `${state}; no objective for it` }
}

const withPrevious = <R extends Verdict['objectives'][number]>(result: R, previous: Verdict | undefined): R => {
  const before = previous?.objectives.find((objective) => objective.id === result.id && objective.kind === result.kind)
  return before ? { ...result, previous: before.measured } : result
}

/** What an earlier run measured for the required service levels of this one. */
const earlierRun = (before: Verdict, objectives: Verdict['objectives']): EarlierRun => ({
  runId: before.runId,
  startedAtMs: before.startedAtMs,
  result: before.result,
  sentence: before.sentence,
  measured: objectives
    .filter(({ kind, gate }) => kind === 'proportion' && gate === 'required')
    .map(({ id, title }) => {
      const same = before.objectives.find((objective) => objective.id === id && objective.kind === 'proportion')
      return { objective: id, title, figure: same?.measured ?? null }
    }),
})

const byCount = (folded: Folded): Verdict['topErrors'] =>
  [...folded.errors.values()].sort((a, b) => b.n - a.n || (a.name + a.error < b.name + b.error ? -1 : 1))

const topErrors = (folded: Folded): Verdict['topErrors'] => byCount(folded).slice(0, 10)

/** As the output names them, see `build/k6/holdfast/aggregate.go`. */
const scenarioErrors = (folded: Folded): Verdict['topErrors'] =>
  byCount(folded).filter(({ error }) => /^(exception|check failed): /.test(error))

const recordWarnings = (history: History, folded: Folded): string[] => {
  const list: string[] = []
  if (folded.resources.garbage > 0)
    list.push(`${plural(folded.resources.garbage, 'sampled value')} were no numbers and were left out.`)
  if (history.auditFailed !== null)
    list.push(`Of the acknowledged writes nothing is known: ${readFailure(history.auditFailed)}.`)
  if (history.clusterClock !== null && history.clusterClock.contradictions > 0)
    list.push(
      "The clocks of the cluster disagree, or one was set during the run: the faults' edges may be off by that much.",
    )
  return list
}
