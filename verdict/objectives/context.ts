import type { Objective } from '../../model/objective.ts'
import type { Plan } from '../../model/plan.ts'
import type { FaultResult, Figure, ObjectiveResult, Outcome } from '../../model/verdict.ts'
import type { Folded } from '../fold.ts'
import { dash } from '../format.ts'
import type { History } from '../history.ts'
import type { PhaseIndex } from '../phases.ts'
import type { Writes } from '../writes.ts'

/** What an objective is judged from. */
export interface JudgeContext {
  plan: Plan
  history: History
  folded: Folded
  phases: PhaseIndex
  /** Faults with their recoveries; outcomes not yet decided. */
  faults: readonly FaultResult[]
  /** What became of the acknowledged writes; null when no final read was completed. */
  writes: Writes | null
  /** Lost writes that were acknowledged outside of every fault's window. */
  outside: number
  warn: (message: string) => void
}

/** One kind of objective. Throwing makes its outcome `error`. */
export type JudgeObjective<O extends Objective> = (objective: O, context: JudgeContext) => ObjectiveResult

/** What every result starts from: nothing measured. */
export const blankResult = (
  objective: Objective,
  outcome: Outcome,
  reasonCode: string,
  reason: string,
): ObjectiveResult => ({
  id: objective.id,
  title: objective.title,
  kind: objective.kind,
  gate: objective.gate,
  source: objective.source,
  targetText: objective.targetText,
  outcome,
  proven: false,
  reasonCode,
  reason,
  measured: noFigure(),
  interval: { low: null, high: null, text: dash },
  n: 0,
  needed: null,
  margin: noFigure(),
  fault: null,
  phases: [],
})

export const noFigure = (): Figure => ({ value: null, text: dash })

const rank: Record<Outcome, number> = { pass: 0, inconclusive: 1, 'no-data': 2, error: 3, fail: 4 }

/** The worse of two outcomes: fail, error, no data, inconclusive, pass. */
export const worse = (a: Outcome, b: Outcome): Outcome => (rank[b] > rank[a] ? b : a)
export const isWorse = (a: Outcome, b: Outcome): boolean => rank[a] > rank[b]

/** Whether a value holds a bound; NaN holds none. */
export const holds = (value: number, op: 'lt' | 'lte' | 'gt' | 'gte', bound: number): boolean => {
  if (op === 'lt') return value < bound
  if (op === 'lte') return value <= bound
  if (op === 'gt') return value > bound
  return value >= bound
}
