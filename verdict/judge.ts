import type { RunEvent } from '../model/event.ts'
import type { ProportionObjective, ResilienceObjective } from '../model/objective.ts'
import type { Plan } from '../model/plan.ts'
import type { Charts, EarlierRun, FaultResult, Outcome, Verdict } from '../model/verdict.ts'
import { mayBeLeft, verdictSchemaVersion } from '../model/verdict.ts'
import type { RecordLine } from '../model/window.ts'
import { blockSeconds } from './bootstrap.ts'
import { makeCharts } from './charts.ts'
import { faultResults, recoverGroups, worstSli } from './faults.ts'
import type { Folded } from './fold.ts'
import { foldLines } from './fold.ts'
import { formatCount, plural } from './format.ts'
import { judgeHealth } from './health.ts'
import type { History } from './history.ts'
import { readHistory } from './history.ts'
import type { JudgeContext } from './objectives/context.ts'
import { worse } from './objectives/context.ts'
import { judgeObjective } from './objectives/index.ts'
import { judgeForFault } from './objectives/resilience.ts'
import { indexPhases, realPhases } from './phases.ts'
import { doubts, exitCodeOf, runResult, unconfirmedFaults } from './result.ts'
import type { Told } from './words.ts'
import { cannotTell, detail, sentence } from './words.ts'

/** A record: the plan, the ledger, and the sample lines, streamed and never held whole. */
export interface JudgeInput {
  plan: Plan
  events: Iterable<RunEvent> | AsyncIterable<RunEvent>
  lines: Iterable<RecordLine> | AsyncIterable<RecordLine>
  /** Verdicts of earlier runs, newest first; the figures of the newest stand beside these. */
  earlier?: Verdict[]
}

/**
 * Judges a finished record, whole or cut short. Pure: the same record gives the same verdict. Bad
 * input never throws and never passes: what is missing becomes `no-data` or `inconclusive`.
 */
export const judge = async ({
  plan,
  events,
  lines,
  earlier = [],
}: JudgeInput): Promise<{ verdict: Verdict; charts: Charts }> => {
  const warnings: string[] = []
  const tooFew: string[] = []
  const history = await readHistory(plan, events)
  const startedAtMs = history.startedAtMs ?? 0
  const folded = await foldLines(plan, startedAtMs, lines)
  const endedAtMs = endOfLoad(plan, history, folded, startedAtMs)

  const groups = recoverGroups(plan, history, folded, startedAtMs, (sli, due) => tooFew.push(tooFewText(sli, due)))
  const spans = history.startedAtMs === null ? [] : realPhases(plan, startedAtMs, endedAtMs, groups)
  const phases = indexPhases(spans, { baseS: folded.baseS, seconds: folded.chart.seconds })
  const openFaults = faultResults(plan, history, groups, startedAtMs)

  const warn = (message: string) => void (warnings.includes(message) || warnings.push(message))
  const context: JudgeContext = { plan, history, folded, phases, faults: openFaults, warn }
  const judged = plan.objectives.map((objective) => judgeObjective(objective, context))
  const objectives = judged.map((result) => withPrevious(result, earlier[0]))
  const faults = openFaults.map((fault) => judgeFault(fault, context))

  const health = judgeHealth(plan, folded, phases, startedAtMs, history.loadEnded ? endedAtMs : endedAtMs - 1000)
  const invalidReasons = [
    ...unconfirmedFaults(history, faults),
    ...health.invalidReasons,
    ...earlyEnd(plan, history, startedAtMs),
  ]
  const doubtReasons = doubts(history, folded, faults, objectives)
  const result = runResult(objectives, invalidReasons, doubtReasons)
  const told: Told = { plan, history, result, objectives, faults, health, invalidReasons, doubts: doubtReasons }
  const blocks = fullBlocks(folded, phases.in(['steady', 'recovered']))

  const verdict: Verdict = {
    schemaVersion: verdictSchemaVersion,
    runId: plan.runId,
    result,
    exitCode: exitCodeOf(result, history),
    sentence: sentence(told),
    detail: detail(told),
    ended: history.ended,
    tainted: faults.some(mayBeLeft),
    invalidReasons,
    objectives,
    faults,
    cannotTell: cannotTell(told, tooFew, blocks),
    load: health.load,
    topErrors: topErrors(folded),
    warnings: [...warnings, ...recordWarnings(history, folded), ...history.warnings, ...history.errors],
    startedAtMs,
    durationMs: Math.max(0, endedAtMs - startedAtMs),
    phases: spans.map(({ phase, fromMs, toMs }) => ({
      phase,
      startMs: fromMs - startedAtMs,
      endMs: toMs - startedAtMs,
    })),
    history: earlier.map((before) => earlierRun(before, objectives)),
  }
  return { verdict, charts: makeCharts({ plan, folded, faults, spans, phases, startedAtMs, endedAtMs }) }
}

/** When the load really ended: as the ledger says, else with the last second that has any. */
const endOfLoad = (plan: Plan, history: History, folded: Folded, startedAtMs: number): number => {
  const plannedMs = startedAtMs + plan.phases.recovery.endMs
  if (history.loadEnded) return Math.max(startedAtMs, Math.min(plannedMs, history.loadEnded.atMs))
  const lastMs = folded.lastIndex < 0 ? startedAtMs : (folded.baseS + folded.lastIndex + 1) * 1000
  return Math.max(startedAtMs, Math.min(plannedMs, lastMs))
}

/** k6 ended before its time, and nobody had asked it to. */
const earlyEnd = (plan: Plan, history: History, startedAtMs: number): string[] => {
  if (!history.loadEnded || history.ended === 'interrupted' || history.ended === 'guard') return []
  const { atMs, exitCode, signal } = history.loadEnded
  const loadEndMs = Math.max(0, ...plan.load.map((load) => load.durationMs))
  if (atMs - startedAtMs >= 0.99 * Math.min(loadEndMs, plan.phases.recovery.endMs)) return []
  const how = signal === null ? `exit code ${exitCode ?? 'unknown'}` : signal
  return [
    `k6 ended ${plural(Math.round((loadEndMs - (atMs - startedAtMs)) / 1000), 'second')} before the load did (${how})`,
  ]
}

const tooFewText = (sli: ProportionObjective, due: number): string =>
  `Recovery of "${sli.title}": ${plural(due, 'request')} in the whole run are too few to see it with.`

/** The outcome of a fault: the worst of the required objectives judged for it. Duplicates are of the whole run. */
const judgeFault = (fault: FaultResult, context: JudgeContext): FaultResult => {
  const objectives = context.plan.objectives.filter(
    (objective): objective is ResilienceObjective =>
      objective.kind === 'resilience' && objective.gate === 'required' && objective.measure !== 'duplicates',
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
    return { ...fault, outcome, reason: findings.find((finding) => finding.outcome === outcome)?.reason ?? '' }
  }
  const state = worstSli(fault.perSli)?.state
  if (fault.skippedReason !== null)
    return { ...fault, outcome: 'inconclusive', reason: `not injected: ${fault.skippedReason}` }
  if (!fault.confirmedActive) return { ...fault, outcome: 'inconclusive', reason: 'never confirmed active' }
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

const fullBlocks = (folded: Folded, counts: (at: number) => boolean): number => {
  let seconds = 0
  for (let at = 0; at < folded.length; at++) if ((folded.chart.seconds.due[at] ?? 0) > 0 && counts(at)) seconds++
  return Math.floor(seconds / blockSeconds)
}

const topErrors = (folded: Folded): Verdict['topErrors'] =>
  [...folded.errors.values()].sort((a, b) => b.n - a.n || (a.name + a.error < b.name + b.error ? -1 : 1)).slice(0, 10)

const recordWarnings = (history: History, folded: Folded): string[] => {
  const list: string[] = []
  if (folded.overflow !== null)
    list.push(`More than ${formatCount(folded.overflow)} series: the rest was folded into "other".`)
  if (folded.resources.garbage > 0)
    list.push(`${plural(folded.resources.garbage, 'sampled value')} were no numbers and were left out.`)
  if (history.auditFailed !== null)
    list.push(`The final read of the acknowledged writes failed: ${history.auditFailed}`)
  return list
}
