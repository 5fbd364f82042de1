import type { RunEvent } from '../model/event.ts'
import type { ProportionObjective } from '../model/objective.ts'
import type { Plan } from '../model/plan.ts'
import type { RecordLine } from '../model/window.ts'
import type { Folded } from './fold.ts'
import { foldLines } from './fold.ts'
import type { History } from './history.ts'
import { failedInjections, readHistory } from './history.ts'
import { withChanges } from './lasting/apply.ts'
import type { Lasting } from './lasting/lasting.ts'
import { lastingChanges } from './lasting/lasting.ts'
import type { PhaseIndex, PhaseSpan } from './phases.ts'
import { indexPhases, realPhases } from './phases.ts'
import { recoverGroups } from './recover-groups.ts'

/** A record: the plan, the ledger, and the sample lines, streamed and never held whole. */
export interface RunRecord {
  plan: Plan
  events: Iterable<RunEvent> | AsyncIterable<RunEvent>
  lines: Iterable<RecordLine> | AsyncIterable<RecordLine>
  /** Seconds that its lines can fill; as many as are planned unless told. */
  mostSeconds?: number | undefined
}

/** A record as the judge looks at it: folded into columns, with the phases that really happened. */
export interface RunData {
  plan: Plan
  history: History
  folded: Folded
  startedAtMs: number
  endedAtMs: number
  groups: ReturnType<typeof recoverGroups>
  spans: PhaseSpan[]
  phases: PhaseIndex
  lasting: Lasting
  /** SLIs with too few requests to see a recovery with. */
  tooFew: { sli: ProportionObjective; due: number }[]
}

/** Reads a whole record, once. Bad input never throws: what is missing is missing in the columns. */
export const readRun = async ({ plan, events, lines, mostSeconds }: RunRecord): Promise<RunData> => {
  const tooFew: RunData['tooFew'] = []
  const history = await readHistory(plan, events)
  const startedAtMs = history.startedAtMs ?? 0
  const folded = await foldLines(plan, startedAtMs, lines, mostSeconds)
  const endedAtMs = endOfLoad(plan, history, folded, startedAtMs)
  const lasting = lastingChanges(plan, history, folded, startedAtMs)
  const groups = recoverGroups(plan, history, folded, startedAtMs, (sli, due) => tooFew.push({ sli, due })).map(
    (recovered) => withChanges(recovered, lasting.changes, endedAtMs),
  )
  const spans =
    history.startedAtMs === null ? [] : realPhases(plan, startedAtMs, endedAtMs, groups, failedInjections(history))
  const phases = indexPhases(spans, { baseS: folded.baseS, seconds: folded.chart.seconds })
  return { plan, history, folded, startedAtMs, endedAtMs, groups, spans, phases, tooFew, lasting }
}

/** When the load really ended: as the ledger says, else with the last second that has any. */
const endOfLoad = (plan: Plan, history: History, folded: Folded, startedAtMs: number): number => {
  const plannedMs = startedAtMs + plan.phases.recovery.endMs
  if (history.loadEnded) return Math.max(startedAtMs, Math.min(plannedMs, history.loadEnded.atMs))
  const lastMs = folded.lastIndex < 0 ? startedAtMs : (folded.baseS + folded.lastIndex + 1) * 1000
  return Math.max(startedAtMs, Math.min(plannedMs, lastMs))
}
