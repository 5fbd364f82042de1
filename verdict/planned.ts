import type { ProportionObjective, SliSelector } from '../model/objective.ts'
import type { Plan, PlannedLoad } from '../model/plan.ts'
import { plannedIterations } from './health.ts'
import { requestMetrics } from './selector.ts'

/** Samples of an SLI that one iteration of a load gives on average, by the scenario's own word. */
export const samplesPerIteration = ({ metric, names, scenarios }: SliSelector, load: PlannedLoad): number => {
  if (scenarios !== undefined && !scenarios.includes(load.scenario)) return 0
  const byName = requestMetrics.includes(metric) ? load.requests : (load.samples?.[metric] ?? {})
  return (names ?? Object.keys(byName)).reduce((sum, name) => sum + (byName[name] ?? 0), 0)
}

/** Unix seconds that lie wholly in the planned steady state, which is all but the warm-up in a run without faults. */
export const steadySeconds = (plan: Plan, startedAtMs: number): { fromS: number; toS: number } => ({
  fromS: Math.ceil((startedAtMs + plan.phases.steady.startMs) / 1000),
  toS: Math.floor((startedAtMs + plan.phases.steady.endMs) / 1000),
})

/** Samples of an SLI that are planned for each second of the steady state: whole ones, which add up to the plan's. */
export const plannedSamples = (plan: Plan, { sli }: ProportionObjective, startedAtMs: number): number[] => {
  const { fromS, toS } = steadySeconds(plan, startedAtMs)
  const until = (s: number): number =>
    plan.load.reduce(
      (sum, load) => sum + samplesPerIteration(sli, load) * plannedIterations(load, 0, s * 1000 - startedAtMs),
      0,
    )
  const edges = Array.from({ length: Math.max(0, toS - fromS) + 1 }, (_, i) => Math.round(until(fromS + i)))
  return edges.slice(1).map((edge, i) => edge - (edges[i] ?? 0))
}

/** Whether a run can pass for certain before its end: nothing else may still be seen, and no fault may do harm. */
export const passMayBeCertain = ({ objectives, faults, baseline }: Plan): boolean =>
  faults.length === 0 &&
  baseline?.gates !== true &&
  objectives.every(({ gate, kind }) => gate !== 'required' || kind === 'proportion')
