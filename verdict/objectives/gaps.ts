import type { GaugeObjective } from '../../model/objective.ts'
import { isPrometheusSeries } from '../../model/prometheus.ts'
import { formatCount } from '../format.ts'
import { sampledGapMs, seriesOf } from '../resources.ts'
import { incompleteAnswer } from './answers.ts'
import type { JudgeContext } from './context.ts'
import { isFew, secondsOf } from './seen.ts'

/** `sampledGapMs`; for Prometheus at least the step that it is asked by. */
export const longestGapMs = ({ series }: { series: string }, { plan }: JudgeContext): number =>
  isPrometheusSeries(series) ? Math.max(sampledGapMs, plan.prometheus?.stepMs ?? 0) : sampledGapMs

/** Why a good value of a series is not to be believed: a time that nobody saw. Null where there is little of it. */
export const unseen = (objective: GaugeObjective, context: JudgeContext): string | null =>
  isPrometheusSeries(objective.series) ? incompleteAnswer(objective, context) : unseenSeconds(objective, context)

/**
 * Seconds of the steady state from which a component's sample is farther away than half the longest gap. Under a fault
 * gaps are no sign, since it may take the component away; but at the end, when users fare well again, whoever gave
 * samples before must give them still.
 */
const unseenSeconds = (objective: GaugeObjective, context: JudgeContext): string | null => {
  const { phases, folded } = context
  const counted = secondsOf(context, phases.in(objective.phases))
  const steady = counted.filter((at) => phases.of(at) === 'steady')
  const last = counted.at(-1)
  const gapS = longestGapMs(objective, context) / 1000
  for (const series of seriesOf(folded.resources, objective.series, objective.component)) {
    const seen = new Set(series.atMs.map((ms) => Math.floor(ms / 1000) - folded.baseS))
    const missing = steady.filter((at) => isFarther(at, seen, Math.floor(gapS / 2))).length
    if (!isFew(missing, steady.length))
      return `${series.component}: no sample for ${formatCount(missing)} of ${formatCount(steady.length)} s of the steady state`
    if (last !== undefined && phases.of(last) !== 'fault' && isFarther(last, seen, gapS))
      return `${series.component}: no sample at the end of the run`
  }
  return null
}

const isFarther = (at: number, seen: ReadonlySet<number>, reachS: number): boolean => {
  for (let second = at - reachS; second <= at + reachS; second++) if (seen.has(second)) return false
  return true
}
