import type { ProportionObjective } from '../model/objective.ts'
import type { ObjectiveResult } from '../model/verdict.ts'
import { allowedRatio } from './binomial.ts'
import type { Certainty, SecondSoFar } from './curtailment.ts'
import { certaintyOf } from './curtailment.ts'
import { passMayBeCertain, plannedSamples, steadySeconds } from './planned.ts'
import type { RunData } from './read-run.ts'

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
    if (certainty) certain.set(objective.id, certainty)
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

const byCertainty = (result: ObjectiveResult, { result: outcome, text }: Certainty): ObjectiveResult => ({
  ...result,
  outcome,
  proven: true,
  reasonCode: outcome === 'fail' ? 'certain-fail' : 'certain-pass',
  reason: text,
})

/** Only samples that have ended, as the run counted them: not what was interrupted when it was stopped. */
const certaintyIn = ({ plan, folded, startedAtMs }: RunData, objective: ProportionObjective): Certainty | null => {
  const record = folded.slis.get(objective.id)
  if (!record || record.seconds.unsure > 0 || !objective.phases.includes('steady')) return null
  const { fromS } = steadySeconds(plan, startedAtMs)
  const soFar = plannedSamples(plan, objective, startedAtMs).map((planned, i): SecondSoFar => {
    const at = fromS + i - folded.baseS
    const bad = record.seconds.badSamples[at] ?? 0
    return { planned, bad, good: (record.seconds.samples[at] ?? 0) - bad }
  })
  return certaintyOf(soFar, allowedRatio(objective.targetRatio))
}

const seconds = (ms: number): string => String(Math.round(ms / 1000))
