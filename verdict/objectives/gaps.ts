import type { GaugeObjective } from '../../model/objective.ts'
import { isPrometheusSeries } from '../../model/prometheus.ts'
import { formatCount } from '../format.ts'
import { sampledGapMs, seriesOf } from '../resources.ts'
import type { JudgeContext } from './context.ts'

/** A run's end may cut off the last point, and a sample may be late: a tenth may be missing. */
const mostMissingRatio = 0.1

type Counts = (at: number) => boolean

/** `sampledGapMs`; for Prometheus at least the step that it is asked by. */
export const longestGapMs = ({ series }: { series: string }, { plan }: JudgeContext): number =>
  isPrometheusSeries(series) ? Math.max(sampledGapMs, plan.prometheus?.stepMs ?? 0) : sampledGapMs

/** Why a good value of a series is not to be believed: a time that nobody saw. Null where there is little of it. */
export const unseen = (objective: GaugeObjective, context: JudgeContext): string | null =>
  isPrometheusSeries(objective.series) ? missingPoints(objective, context) : unseenSeconds(objective, context)

/**
 * Points that a query should have given and no series has: Prometheus is asked for every step of the run. Which
 * series gives one is left open, since a component may be replaced by another.
 */
const missingPoints = (objective: GaugeObjective, context: JudgeContext): string | null => {
  const { folded, phases, plan } = context
  if (plan.prometheus === undefined) return null
  const counts = phases.in(objective.phases)
  const expected = Math.floor(secondsOf(context, counts).length / (plan.prometheus.stepMs / 1000))
  const seen = new Set(
    seriesOf(folded.resources, objective.series)
      .flatMap(({ atMs }) => atMs)
      .filter((atMs) => counts(Math.floor(atMs / 1000) - folded.baseS)),
  ).size
  const missing = expected - seen
  return isFew(missing, expected)
    ? null
    : `${formatCount(missing)} of ${formatCount(expected)} points are missing or no number`
}

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
      return `${series.component}: nobody saw ${formatCount(missing)} of ${formatCount(steady.length)} s of the steady state`
    if (last !== undefined && phases.of(last) !== 'fault' && isFarther(last, seen, gapS))
      return `${series.component}: nobody saw it at the end`
  }
  return null
}

const isFarther = (at: number, seen: ReadonlySet<number>, reachS: number): boolean => {
  for (let second = at - reachS; second <= at + reachS; second++) if (seen.has(second)) return false
  return true
}

const isFew = (missing: number, expected: number): boolean => missing <= Math.max(1, mostMissingRatio * expected)

/** Seconds of the columns that count, up to the last one of the load. */
const secondsOf = ({ folded }: JudgeContext, counts: Counts): number[] => {
  const seconds: number[] = []
  for (let at = 0; at < folded.chart.seconds.length && at <= folded.lastIndex; at++) if (counts(at)) seconds.push(at)
  return seconds
}
