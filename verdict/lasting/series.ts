import type { ProportionObjective } from '../../model/objective.ts'
import type { Plan } from '../../model/plan.ts'
import type { Folded } from '../fold.ts'
import type { Span } from './counts.ts'
import { Sums } from './counts.ts'
import { stepOf } from './names.ts'

/** What is looked at by itself: the requests of an objective, or those of one name among them. */
export interface Series {
  objective: ProportionObjective
  /** Null: all requests of the objective, which have several names. */
  request: string | null
  step: number
  sums: Sums
  /** Iterations that should have sent such a request, in `due`. */
  offered: Sums
}

/** The series of one objective: all its requests first, then each name where there are several. */
export const seriesOf = (objective: ProportionObjective, plan: Plan, folded: Folded): Series[] => {
  const record = folded.slis.get(objective.id)
  if (!record) return []
  const names = [...(record.names?.byName ?? [])]
  const only = names.length === 1 ? (names[0]?.[0] ?? null) : null
  const step = stepOf(folded.length)
  const whole: Series = {
    objective,
    request: only ?? (objective.sli.names?.length === 1 ? (objective.sli.names[0] ?? null) : null),
    step,
    sums: new Sums({ due: inSteps(record.seconds.due, step), bad: inSteps(record.seconds.bad, step) }),
    offered: offeredTo(objective.sli.names ?? null, step, plan, folded),
  }
  if (names.length < 2) return [whole]
  return [
    whole,
    ...names.map(
      ([name, counts]): Series => ({
        objective,
        request: name,
        step: counts.step,
        sums: new Sums(counts),
        offered: offeredTo([name], counts.step, plan, folded),
      }),
    ),
  ]
}

/** How many series an objective has. */
export const seriesCount = (objective: ProportionObjective, folded: Folded): number => {
  const names = folded.slis.get(objective.id)?.names?.byName.size ?? 0
  return names < 2 ? 1 : names + 1
}

/** A column of seconds, summed in wider ones. */
const inSteps = (seconds: Uint32Array, step: number): Uint32Array => {
  if (step === 1) return seconds
  const sums = new Uint32Array(Math.ceil(seconds.length / step))
  for (let second = 0; second < seconds.length; second++) {
    const at = Math.floor(second / step)
    sums[at] = (sums[at] ?? 0) + (seconds[second] ?? 0)
  }
  return sums
}

/** Iterations of the scenarios that declare a request; of all where none does. */
const offeredTo = (names: readonly string[] | null, step: number, plan: Plan, folded: Folded): Sums => {
  const declaring = plan.load.filter(
    ({ requests, samples }) => names?.some((name) => name in requests || name in (samples ?? {})) ?? true,
  )
  const scenarios = new Set((declaring.length > 0 ? declaring : plan.load).map(({ scenario }) => scenario))
  const due = new Uint32Array(Math.ceil(folded.length / step))
  for (const load of folded.load.values()) {
    if (!scenarios.has(load.scenario)) continue
    for (let second = 0; second < folded.length; second++) {
      const at = Math.floor(second / step)
      due[at] = (due[at] ?? 0) + (load.started[second] ?? 0) + (load.dropped[second] ?? 0)
    }
  }
  return new Sums({ due, bad: new Uint32Array(0) })
}

/** A span of seconds in the columns of a series, without columns that lie partly outside; the end of the load is kept. */
export const inColumns = (span: Span, step: number, atEnd: boolean): Span => ({
  from: Math.ceil(span.from / step),
  to: atEnd ? Math.ceil(span.to / step) : Math.floor(span.to / step),
})
