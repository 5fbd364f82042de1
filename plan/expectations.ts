import type {
  CountObjective,
  GaugeObjective,
  Objective,
  ProportionObjective,
  ResilienceObjective,
} from '../model/objective.ts'
import type { Expectation } from '../model/plan.ts'
import { leastApartMs } from '../model/plan.ts'
import { isPrometheusSeries } from '../model/prometheus.ts'
import { samplesNeeded } from '../verdict/binomial.ts'
import { samplesPerIteration } from '../verdict/planned.ts'
import { endOf } from './faults.ts'
import { withSlis } from './objective-set.ts'
import type { PlannedRun } from './reach.ts'
import { lengthOf, outOfReach, samplesOf, spansOf } from './reach.ts'
import { tooSeldom } from './visibility.ts'
import { watchedSeconds, withTime } from './watched.ts'

/**
 * Objectives that this run can say nothing about become `info`, so that they cannot make it inconclusive; the
 * expectation keeps the gate that was written, and the reason. Resilience objectives get the SLOs that tell how users
 * fared.
 */
export const assessProvability = (
  written: Objective[],
  run: PlannedRun,
): { objectives: Objective[]; expectations: Expectation[] } => {
  const objectives = withSlis(written, (objective) => outOfReach(objective, written, run) === null)
  const judged = objectives.map((objective) => {
    const leftOut = run.leavesOut?.includes(objective.id) ? 'the game day leaves it out' : null
    const reason = leftOut ?? outOfReach(objective, objectives, run)
    return reason === null
      ? { objective, expectation: expectationOf(objective, objectives, run) }
      : { objective: { ...objective, gate: 'info' as const }, expectation: unjudged(objective, reason) }
  })
  return {
    objectives: judged.map(({ objective }) => objective),
    expectations: judged.map(({ expectation }) => expectation),
  }
}

const unjudged = ({ id, gate }: Objective, reason: string): Expectation => ({
  objective: id,
  samples: 0,
  needed: null,
  text: `not judged: ${reason}`,
  provable: false,
  ...(gate === 'info' ? {} : { notJudged: { gate, reason } }),
})

const expectationOf = (objective: Objective, all: readonly Objective[], run: PlannedRun): Expectation => {
  switch (objective.kind) {
    case 'proportion':
      return withUnsent(ofProportion(objective, run), objective, run)
    case 'count':
      return withUnsent(ofCount(objective, run), objective, run)
    case 'gauge':
      return ofGauge(objective, run)
    case 'reaction':
      return { objective: objective.id, samples: 1, needed: 1, text: 'one reaction to see', provable: true }
    case 'growth':
      return compare(objective.id, lengthOf(run.phases.steady) / 1000, objective.minSeconds)
    case 'resilience':
      return tooSeldom(objective, all, run) ?? ofResilience(objective, run)
  }
}

const ofProportion = (objective: ProportionObjective, run: PlannedRun): Expectation =>
  withTime(
    compare(objective.id, samplesOf(objective, run), samplesNeeded(objective.targetRatio)),
    watchedSeconds(objective, run),
    run,
  )

const ofCount = (objective: CountObjective, run: PlannedRun): Expectation =>
  compare(objective.id, samplesOf(objective, run), objective.minSamples)

/** An objective on several requests is judged by those that the load sends: the others are named. */
const withUnsent = (
  expectation: Expectation,
  { sli }: ProportionObjective | CountObjective,
  { load }: PlannedRun,
): Expectation => {
  const unsent = (sli.names ?? []).filter((name) =>
    load.every((each) => samplesPerIteration({ ...sli, names: [name] }, each) === 0),
  )
  if (unsent.length === 0) return expectation
  const named = unsent.map((name) => `"${name}"`).join(', ')
  return { ...expectation, text: `${expectation.text}; this load sends no ${named}` }
}

/** The sampler looks once a second; of Prometheus there is a point every step. */
const ofGauge = (objective: GaugeObjective, run: PlannedRun): Expectation => {
  const lengthMs = spansOf(objective.phases, run).reduce((sum, span) => sum + lengthOf(span), 0)
  const { minSamples: needed } = objective
  const stepMs = isPrometheusSeries(objective.series) ? (run.prometheus?.stepMs ?? null) : null
  if (stepMs === null) return compare(objective.id, lengthMs / 1000, needed)
  const points = Math.floor(lengthMs / stepMs)
  if (points >= needed) return compare(objective.id, points, needed)
  const text = `no: the run is too short: ${points} points, one every ${seconds(stepMs)}; ${needed} needed`
  return { objective: objective.id, samples: points, needed, provable: false, text }
}

const compare = (objective: string, samples: number, needed: number | null): Expectation => {
  const whole = Math.floor(samples)
  const base = { objective, samples: whole, needed }
  if (needed === null) return { ...base, provable: false, text: 'no number of samples can prove this target' }
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

const seconds = (ms: number): string => `${Math.round(ms / 100) / 10} s`
