import { isPodSeries } from '../model/cluster.ts'
import type { CountObjective, Objective, ProportionObjective, ResilienceObjective } from '../model/objective.ts'
import type { Plan, PlannedLoad, Span } from '../model/plan.ts'
import { isPrometheusSeries } from '../model/prometheus.ts'
import type { PhaseName } from '../model/slo.ts'
import { type Environment, startedByUs } from '../model/system.ts'
import { samplesPerIteration } from '../verdict/planned.ts'

/** What the expectations are made from. */
export type PlannedRun = Pick<
  Plan,
  'environment' | 'phases' | 'stableForMs' | 'load' | 'faults' | 'profile' | 'prometheus' | 'leavesOut' | 'declared'
> & {
  /** The system can read back what was written. */
  hasAudit: boolean
  /** In `kubernetes`: components whose pods are known by their labels. */
  selected?: string[]
}

/** Why the run cannot have a single sample of the objective, or null. */
export const outOfReach = (objective: Objective, all: Objective[], run: PlannedRun): string | null => {
  switch (objective.kind) {
    case 'proportion':
    case 'count': {
      const least = objective.kind === 'count' ? objective.minSamples : 1
      const expected = samplesOf(objective, run)
      if (expected >= least) return null
      const what = (objective.sli.names ?? [objective.sli.metric]).map((name) => `"${name}"`).join(', ')
      const never = neverGates(objective, run)
      if (never !== null) return never
      if (expected > 0) return `this load sends fewer than ${least} of ${what}`
      return `this load sends no ${what}${run.declared === undefined ? ' (the record does not say whether any scenario does)' : ''}`
    }
    case 'reaction':
      if (typeof objective.after === 'string' && run.faults.length === 0) return 'this game day has no faults'
      return (
        outOfSight(objective, run) ?? (typeof objective.after === 'string' ? null : outOfSight(objective.after, run))
      )
    case 'gauge':
      return outOfSight(objective, run) ?? neverGates(objective, run)
    case 'growth': {
      const seconds = Math.floor(lengthOf(run.phases.steady) / 1000)
      return (
        outOfSight(objective, run) ??
        (seconds >= objective.minSeconds
          ? null
          : `a steady state of ${seconds} s is too short for a slope, ${objective.minSeconds} s needed`)
      )
    }
    case 'resilience':
      if (needsAudit(objective) && !run.hasAudit) return 'the system has no final read'
      if (run.faults.length === 0) return 'this game day has no faults'
      return needsAudit(objective) ? null : noSli(objective, all, run)
  }
}

/** Why no second of the run counts for an objective, or null. */
const neverGates = ({ phases }: Objective, run: PlannedRun): string | null =>
  spansOf(phases, run).some((span) => lengthOf(span) > 0)
    ? null
    : `it is judged in ${phases.map((phase) => phaseWords[phase]).join(' and ')} only, and this game day has none`

const phaseWords: Record<PhaseName, string> = {
  warmUp: 'the warm-up',
  steady: 'the steady state',
  fault: 'faults',
  recovered: 'the time after a recovery',
}

/** Why nothing in the run can read a series, or null. */
const outOfSight = (
  { series, component }: { series: string; component?: string },
  { prometheus, environment, selected = [] }: PlannedRun,
): string | null => {
  if (isPrometheusSeries(series))
    return prometheus === undefined ? 'it is a query, and --prometheus names no server' : null
  if (isPodSeries(series)) {
    if (environment !== 'kubernetes') return `${series} is known of pods only, in the environment kubernetes`
    if (component === undefined || selected.includes(component)) return null
    return `the system names no labels for the pods of ${component}`
  }
  return seesInside(environment) ? null : `${series} cannot be read in the environment ${environment}`
}

/** Why none of the SLOs that a resilience objective looks at has samples, or null. */
const noSli = ({ sliIds }: ResilienceObjective, all: Objective[], run: PlannedRun): string | null => {
  const reasons = all
    .filter(({ kind, id }) => kind === 'proportion' && sliIds.includes(id))
    .map((sli) => ({ id: sli.id, reason: outOfReach(sli, all, run) }))
  if (reasons.some(({ reason }) => reason === null)) return null
  const [first] = reasons
  return first ? `of ${first.id}, ${first.reason}` : 'this load reaches no required SLO'
}

/** Lost writes can be read back and duplicates counted only where the system has a final read. */
const needsAudit = ({ measure }: ResilienceObjective): boolean => ['lostWrites', 'rpo', 'duplicates'].includes(measure)

/** Processes and `/metrics` are read only where Holdfast itself started the system. */
const seesInside = (environment: Environment): boolean => startedByUs(environment)

/** Samples in the phases that gate, by the rates and by what the scenarios declare. */
export const samplesOf = ({ sli, phases }: ProportionObjective | CountObjective, run: PlannedRun): number => {
  const spans = spansOf(phases, run)
  return run.load.reduce((sum, load) => {
    const iterations = spans.reduce((total, span) => total + iterationsIn(load.rate, span), 0)
    return sum + samplesPerIteration(sli, load) * iterations
  }, 0)
}

/** When these phases are, as far as a plan can know: recovered is only the end of the recovery, which must be good. */
export const spansOf = (names: readonly PhaseName[], { phases, stableForMs }: PlannedRun): Span[] => {
  const { endMs } = phases.recovery
  const recoveredMs = endMs - stableForMs
  const spans: Record<PhaseName, Span> = {
    warmUp: phases.warmUp,
    steady: phases.steady,
    fault: { startMs: phases.steady.endMs, endMs: recoveredMs },
    recovered: { startMs: recoveredMs, endMs },
  }
  return names.map((name) => spans[name])
}

/** Area under the piecewise linear rate within a span. */
export const iterationsIn = (rate: PlannedLoad['rate'], { startMs, endMs }: Span): number => {
  let sum = 0
  for (let i = 1; i < rate.length; i++) {
    const [fromMs, fromRate] = rate[i - 1] ?? [0, 0]
    const [toMs, toRate] = rate[i] ?? [0, 0]
    const start = Math.max(fromMs, startMs)
    const end = Math.min(toMs, endMs)
    if (end <= start) continue
    const at = (ms: number) => fromRate + ((toRate - fromRate) * (ms - fromMs)) / (toMs - fromMs)
    sum += ((at(start) + at(end)) / 2) * ((end - start) / 1000)
  }
  return sum
}

export const lengthOf = ({ startMs, endMs }: Span): number => endMs - startMs
