import { isPodSeries } from '../model/cluster.ts'
import type {
  CountObjective,
  Objective,
  ProportionObjective,
  ResilienceObjective,
  SliSelector,
} from '../model/objective.ts'
import type { Expectation, Plan, PlannedLoad, Span } from '../model/plan.ts'
import { leastApartMs } from '../model/plan.ts'
import { isPrometheusSeries } from '../model/prometheus.ts'
import { type Environment, startedByUs } from '../model/system.ts'
import { requestMetric } from '../model/window.ts'
import { samplesNeeded } from '../verdict/binomial.ts'
import { endOf } from './faults.ts'
import { withSlis } from './objective-set.ts'

/** What the expectations are made from. */
export type PlannedRun = Pick<
  Plan,
  'environment' | 'phases' | 'stableForMs' | 'load' | 'faults' | 'profile' | 'prometheus'
> & {
  /** The system can read back what was written. */
  hasAudit: boolean
  /** In `kubernetes`: components whose pods are known by their labels. */
  selected?: string[]
}

/**
 * Objectives that this run can say nothing about become `info`, so that they cannot make it
 * inconclusive; the expectation says why. All others keep their gate. Resilience objectives get the
 * SLOs that tell how users fared.
 */
export const expect = (
  written: Objective[],
  run: PlannedRun,
): { objectives: Objective[]; expectations: Expectation[] } => {
  const objectives = withSlis(written, (objective) => outOfReach(objective, written, run) === null)
  const judged = objectives.map((objective) => {
    const reason = outOfReach(objective, objectives, run)
    if (reason === null) return { objective, expectation: expectationOf(objective, run) }
    return {
      objective: { ...objective, gate: 'info' as const },
      expectation: {
        objective: objective.id,
        samples: 0,
        needed: null,
        text: `not judged: ${reason}`,
        provable: false,
      },
    }
  })
  return {
    objectives: judged.map(({ objective }) => objective),
    expectations: judged.map(({ expectation }) => expectation),
  }
}

/** Why the run cannot have a single sample of the objective, or null. */
const outOfReach = (objective: Objective, all: Objective[], run: PlannedRun): string | null => {
  switch (objective.kind) {
    case 'proportion':
    case 'count': {
      const least = objective.kind === 'count' ? objective.minSamples : 1
      const expected = samplesOf(objective.sli, run)
      if (expected === null || expected >= least) return null
      const what = (objective.sli.names ?? [objective.sli.metric]).map((name) => `"${name}"`).join(', ')
      return expected === 0 ? `this load sends no ${what}` : `this load sends fewer than ${least} of ${what}`
    }
    case 'reaction':
      if (typeof objective.after === 'string' && run.faults.length === 0) return 'this game day has no faults'
      return (
        outOfSight(objective, run) ?? (typeof objective.after === 'string' ? null : outOfSight(objective.after, run))
      )
    case 'gauge':
      return outOfSight(objective, run)
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

const expectationOf = (objective: Objective, run: PlannedRun): Expectation => {
  switch (objective.kind) {
    case 'proportion':
      return ofProportion(objective, run)
    case 'count':
      return ofCount(objective, run)
    case 'gauge': {
      const samples = Math.floor(
        gatingSpans(run, objective.phases.includes('fault')).reduce((sum, span) => sum + lengthOf(span), 0) / 1000,
      )
      return compare(objective.id, samples, objective.minSamples)
    }
    case 'reaction':
      return { objective: objective.id, samples: 1, needed: 1, text: 'one reaction to see', provable: true }
    case 'growth':
      return compare(objective.id, lengthOf(run.phases.steady) / 1000, objective.minSeconds)
    case 'resilience':
      return ofResilience(objective, run)
  }
}

const ofProportion = (objective: ProportionObjective, run: PlannedRun): Expectation =>
  compare(objective.id, samplesOf(objective.sli, run), samplesNeeded(objective.targetRatio))

const ofCount = (objective: CountObjective, run: PlannedRun): Expectation =>
  compare(objective.id, samplesOf(objective.sli, run), objective.minSamples)

const compare = (objective: string, samples: number | null, needed: number | null): Expectation => {
  const whole = samples === null ? null : Math.floor(samples)
  const base = { objective, samples: whole, needed }
  if (needed === null) return { ...base, provable: false, text: 'no number of samples can prove this target' }
  if (whole === null) return { ...base, provable: false, text: 'the scenarios do not say how many samples they give' }
  if (whole >= needed) return { ...base, provable: true, text: 'yes' }
  return {
    ...base,
    provable: false,
    text: `no: ${counted(whole)}; ${needed.toLocaleString('en')} needed without a bad one`,
  }
}

const counted = (samples: number): string => `about ${samples.toLocaleString('en')} sample${samples === 1 ? '' : 's'}`

/** A time target can be shown when the time that every fault leaves for recovery is long enough to see it met. */
const ofResilience = (objective: ResilienceObjective, run: PlannedRun): Expectation => {
  const base = { objective: objective.id, samples: run.faults.length, needed: 1, provable: true }
  if (objective.measure !== 'recoveryTime' && objective.measure !== 'rto') return { ...base, text: 'yes' }
  const [tightest] = run.faults
    .map((fault) => ({ fault, leftMs: leftForRecovery(fault.id, run) }))
    .filter(({ leftMs }) => leftMs !== null)
    .map(({ fault, leftMs }) => ({ fault, leftMs: leftMs ?? 0 }))
    .sort((a, b) => a.leftMs - b.leftMs)
  if (!tightest || tightest.leftMs >= objective.value) return { ...base, text: 'yes' }
  if (tightest.leftMs <= 0) {
    return {
      ...base,
      provable: false,
      text: `no: after ${tightest.fault.label} the next fault begins before ${run.stableForMs / 1000} s are over`,
    }
  }
  return { ...base, text: `yes, if recovery takes less than ${seconds(tightest.leftMs)} (${tightest.fault.label})` }
}

/**
 * Longest recovery that could still be seen: until the next fault or the end, less the time that it
 * must hold. Null inside a group of faults that overlap or begin in the same second, which is judged as one by its last member.
 */
const leftForRecovery = (id: string, { faults, phases, stableForMs }: PlannedRun): number | null => {
  const index = faults.findIndex((fault) => fault.id === id)
  const fault = faults[index]
  if (!fault) return null
  const endMs = endOf(fault)
  const later = faults.slice(index + 1)
  const isInGroup =
    later.some((other) => other.atMs < endMs || other.atMs - fault.atMs < leastApartMs) ||
    faults.slice(0, index).some((other) => endOf(other) > endMs)
  if (isInGroup) return null
  const nextMs = Math.min(phases.recovery.endMs, ...later.map((other) => other.atMs))
  return nextMs - endMs - stableForMs
}

/** Lost writes can be read back and duplicates counted only where the system has a final read. */
const needsAudit = ({ measure }: ResilienceObjective): boolean => ['lostWrites', 'rpo', 'duplicates'].includes(measure)

/** Processes and `/metrics` are read only where Holdfast itself started the system. */
const seesInside = (environment: Environment): boolean => startedByUs(environment)

/** Samples in the phases that gate, by the rates and the scenarios' own words; null when those are silent. */
const samplesOf = (sli: SliSelector, run: PlannedRun): number | null => {
  const loads = run.load.filter(({ scenario }) => sli.scenarios?.includes(scenario) ?? true)
  const spans = gatingSpans(run, false)
  let sum = 0
  for (const load of loads) {
    const perIteration = samplesPerIteration(sli, load)
    if (perIteration === null) return null
    sum += perIteration * spans.reduce((total, span) => total + iterationsIn(load.rate, span), 0)
  }
  return sum
}

const samplesPerIteration = ({ metric, names }: SliSelector, load: PlannedLoad): number | null => {
  const isRequest = metric === requestMetric || metric.startsWith('http_req')
  const byName = isRequest ? load.requests : load.samples?.[metric]
  if (byName === undefined) return 0
  return (names ?? Object.keys(byName)).reduce((sum, name) => sum + (byName[name] ?? 0), 0)
}

/** Steady state, and the end of the recovery that must be good; with `fault` everything after the warm-up. */
const gatingSpans = ({ phases, stableForMs }: PlannedRun, fault: boolean): Span[] => {
  if (fault) return [{ startMs: phases.steady.startMs, endMs: phases.recovery.endMs }]
  return [phases.steady, { startMs: phases.recovery.endMs - stableForMs, endMs: phases.recovery.endMs }]
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

const lengthOf = ({ startMs, endMs }: Span): number => endMs - startMs
const seconds = (ms: number): string => `${Math.round(ms / 100) / 10} s`
