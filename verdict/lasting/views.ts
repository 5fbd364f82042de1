import type { Plan } from '../../model/plan.ts'
import type { Folded } from '../fold.ts'
import type { FaultGroup } from '../groups.ts'
import { groupFaults } from '../groups.ts'
import type { History } from '../history.ts'
import { failedInjections } from '../history.ts'
import type { Span } from './counts.ts'

/** One stretch of the run, in seconds of the columns, and the fault that came before it. */
export interface View {
  group: FaultGroup | null
  /** Second of the injection: a change that the fault began may be older than the view. */
  injected: number
  span: Span
}

/** The steady state, and what was seen after each group of faults until the next injection or the end of the load. */
export interface Views {
  steady: Span
  after: View[]
}

/** Shorter than this nothing lasts. */
const fewestSeconds = 3

/** Whole seconds only, so that none with a fault in it counts as steady. */
export const viewsOf = (plan: Plan, history: History, folded: Folded, startedAtMs: number): Views => {
  const end = folded.lastIndex + 1
  const floor = (ms: number) => Math.max(0, Math.min(end, Math.floor(ms / 1000) - folded.baseS))
  const ceil = (ms: number) => Math.max(0, Math.min(end, Math.ceil(ms / 1000) - folded.baseS))
  const groups = groupFaults(plan, history)
  const [failedAtMs] = failedInjections(history)
  const first = Math.min(
    groups[0]?.injected.calledAtMs ?? Number.POSITIVE_INFINITY,
    failedAtMs ?? Number.POSITIVE_INFINITY,
  )
  return {
    steady: {
      from: ceil(startedAtMs + plan.phases.warmUp.endMs),
      to: first === Number.POSITIVE_INFINITY ? end : floor(first),
    },
    after: groups
      .map((group) => ({
        group,
        injected: floor(group.injected.calledAtMs),
        span: {
          from: ceil(group.removed?.atMs ?? group.injected.atMs),
          to: group.censoredAtMs === null ? end : floor(group.censoredAtMs),
        },
      }))
      .filter(({ span }) => span.to - span.from >= fewestSeconds),
  }
}
