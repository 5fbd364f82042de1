import type { ProportionObjective } from '../model/objective.ts'
import type { ObjectiveResult } from '../model/verdict.ts'
import { allowedRatio } from './binomial.ts'
import type { Certainty } from './curtailment.ts'
import { certaintyOf } from './curtailment.ts'
import { passMayBeCertain, plannedSamples, steadySeconds } from './planned.ts'
import type { RunData } from './read-run.ts'
import { endedSoFar } from './so-far.ts'

/** Of a run that ended because its verdict was certain: the results, and the arithmetic; null where the record shows none. */
export interface Confirmed {
  results: ObjectiveResult[]
  text: string | null
}

/**
 * Finds out again, from the record alone, what made the verdict certain. Objectives that were certain are decided by
 * that; the others by what was measured, as in any run that was cut short.
 */
export const confirmDecision = (run: RunData, results: ObjectiveResult[]): Confirmed => {
  const { plan, startedAtMs, endedAtMs } = run
  if (run.history.ended !== 'decided') return { results, text: null }
  const required = plan.objectives.filter(({ gate }) => gate === 'required')
  const certain = new Map<string, Certainty>()
  for (const objective of required) {
    const certainty = objective.kind === 'proportion' ? certaintyIn(run, objective) : null
    const measured = results.find(({ id }) => id === objective.id)
    if (certainty && measured && mayDecide(certainty, measured)) certain.set(objective.id, certainty)
  }
  const failed = results.filter(
    ({ id, kind, gate, outcome }) =>
      gate === 'required' && (certain.get(id)?.result === 'fail' || (kind === 'count' && outcome === 'fail')),
  )
  const isPass = passMayBeCertain(plan) && required.every(({ id }) => certain.get(id)?.result === 'pass')
  if (plan.stopWhenDecided !== true || (failed.length === 0 && !isPass)) return { results, text: null }
  const deciding = failed.length > 0 ? failed.map(({ id }) => id) : required.map(({ id }) => id)
  const decided = results.map((result) => {
    const certainty = certain.get(result.id)
    return certainty && deciding.includes(result.id) ? byCertainty(result, certainty) : result
  })
  const at = `Stopped at ${seconds(endedAtMs - startedAtMs)} of ${seconds(plan.phases.recovery.endMs)} s`
  const why = decided.filter(({ id }) => deciding.includes(id)).map(({ title, reason }) => `${title}: ${reason}`)
  return { results: decided, text: `${at}, when the verdict was certain. ${why.join('. ')}.` }
}

/** What was measured stands: a breach never becomes a pass, and what could not be judged is not decided by arithmetic. */
const mayDecide = ({ result }: Certainty, { outcome }: ObjectiveResult): boolean =>
  outcome === 'inconclusive' || outcome === 'pass' || (outcome === 'fail' && result === 'fail')

const byCertainty = (result: ObjectiveResult, { result: outcome, text }: Certainty): ObjectiveResult => ({
  ...result,
  outcome,
  proven: true,
  reasonCode: outcome === 'fail' ? 'certain-fail' : 'certain-pass',
  reason: text,
})

/** Only what has ended, as the run counted it: not what was interrupted when it was stopped. */
const certaintyIn = ({ plan, folded, startedAtMs }: RunData, objective: ProportionObjective): Certainty | null => {
  const record = folded.slis.get(objective.id)
  if (!record || record.seconds.unsure > 0 || !objective.phases.includes('steady')) return null
  const from = steadySeconds(plan, startedAtMs).fromS - folded.baseS
  const planned = plannedSamples(plan, objective, startedAtMs)
  return certaintyOf(endedSoFar(planned, from, record, folded.load.values()), allowedRatio(objective.targetRatio))
}

const seconds = (ms: number): string => String(Math.round(ms / 1000))
