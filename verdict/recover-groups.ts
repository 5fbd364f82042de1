import type { ProportionObjective, ResilienceObjective } from '../model/objective.ts'
import type { Plan } from '../model/plan.ts'
import type { SliRecovery } from '../model/verdict.ts'
import { allowedRatio, bounds } from './binomial.ts'
import type { Episode } from './episodes.ts'
import { episodesOf, withSuspected } from './episodes.ts'
import type { Folded } from './fold.ts'
import type { FaultGroup } from './groups.ts'
import { groupFaults } from './groups.ts'
import type { History } from './history.ts'
import { failedInjections, repliedAt } from './history.ts'
import type { Cause, Reference } from './ordinary.ts'
import { causesOf } from './ordinary.ts'
import { poolWindows } from './pooling.ts'
import { recover } from './recovery.ts'
import type { SampleRun } from './runs.ts'
import { sampleRuns } from './runs.ts'
import { sumSeconds } from './seconds.ts'
import type { Shares } from './segments.ts'
import type { SliRecord } from './sli-record.ts'
import { upperTail } from './special.ts'
import type { TimeBase } from './stretches.ts'

/** One group of faults and how every SLI fared. */
export interface RecoveredGroup {
  group: FaultGroup
  perSli: SliRecovery[]
}

/** Fewer requests than this in the whole run make no window: such an SLI cannot show a recovery. */
const fewestDue = 20

const resilienceObjectives = (plan: Plan): ResilienceObjective[] =>
  plan.objectives.filter((objective): objective is ResilienceObjective => objective.kind === 'resilience')

/** The proportion objectives that tell how users fared: all required ones, and those that resilience objectives name. */
export const recoverySlis = (plan: Plan): ProportionObjective[] => {
  const named = new Set(resilienceObjectives(plan).flatMap(({ sliIds }) => sliIds))
  return plan.objectives.filter(
    (objective): objective is ProportionObjective =>
      objective.kind === 'proportion' && (objective.gate === 'required' || named.has(objective.id)),
  )
}

/**
 * Ids of the SLIs whose recovery decides a run: those of all required objectives, and those that required resilience
 * objectives name, however advisory their own targets are.
 */
export const watchedSlis = (plan: Plan): ReadonlySet<string> => {
  const required = plan.objectives.filter(({ gate }) => gate === 'required')
  return new Set(
    required.flatMap((one) => (one.kind === 'proportion' ? one.id : one.kind === 'resilience' ? one.sliIds : [])),
  )
}

export const nobodyWatched = 'no required objective watches users'

/** The shortest total outage that an objective on this SLI allows, in ms; null where none bounds its length. */
const allowedMs = (plan: Plan, sli: string): number | null => {
  const bound = resilienceObjectives(plan)
    .filter(
      ({ measure, gate }) =>
        gate !== 'info' && ['recoveryTime', 'rto', 'degradedSeconds', 'resilienceLoss'].includes(measure),
    )
    .filter(({ sliIds }) => sliIds.length === 0 || sliIds.includes(sli))
    .map(({ value }) => value)
  return bound.length === 0 ? null : Math.min(...bound)
}

/**
 * Recovery of every group. One SLI after the other, so that only one set of windows is held.
 * @param tooFew is told of SLIs that had load, but too little for windows
 */
export const recoverGroups = (
  plan: Plan,
  history: History,
  folded: Folded,
  startedAtMs: number,
  tooFew: (sli: ProportionObjective, due: number) => void,
): RecoveredGroup[] => {
  const groups = groupFaults(plan, history)
  const result: RecoveredGroup[] = groups.map((group) => ({ group, perSli: [] }))
  const indexOf = (ms: number) => Math.max(0, Math.floor(ms / 1000) - folded.baseS)
  const injections = groups.map((group) => indexOf(group.injected.calledAtMs))
  const [first] = injections
  if (first === undefined) return []
  const [failed = Number.POSITIVE_INFINITY] = failedInjections(history)
  const steadyFrom = Math.ceil((startedAtMs + plan.phases.warmUp.endMs) / 1000) - folded.baseS
  const steadyTo = Math.min(first, indexOf(failed))
  for (const objective of recoverySlis(plan)) {
    const record = folded.slis.get(objective.id)
    if (!record) continue
    const whole = sumSeconds(record.seconds, () => true)
    if (whole.due > 0 && whole.due < fewestDue) {
      tooFew(objective, whole.due)
      continue
    }
    const base = { baseS: folded.baseS, seconds: record.seconds }
    const steady = steadyState(base, record, objective, steadyFrom, steadyTo)
    const windows = poolWindows(record.seconds, {
      from: first,
      to: folded.lastIndex + 1,
      cuts: new Set(injections),
      usualRatio: steady.shares.allowed,
    })
    for (const [at, { group, perSli }] of result.entries()) {
      const from = injections[at] ?? 0
      const to = injections[at + 1] ?? folded.lastIndex + 1
      const { calledAtMs } = group.injected
      const seen = episodesIn(sampleRuns(base, from, to, calledAtMs), steady.shares, calledAtMs)
      const { episodes, causes } = causesOf(steady.reference, {
        ...seen,
        fromMs: calledAtMs,
        toMs: (folded.baseS + to) * 1000,
        edgesMs: edgesOf(group),
        overMs: group.oneShot || group.removed === null ? calledAtMs : repliedAt(group.removed),
      })
      const by = (cause: Cause) => episodes.filter((_, i) => causes[i] === cause)
      perSli.push(
        recover(folded, record, {
          objective,
          group,
          windows: windows.filter((window) => window.from >= from && window.from < to),
          charged: by('fault'),
          unclear: by('unclear'),
          usualEpisodes: by('usual').length,
          stableForMs: plan.stableForMs,
          referenceGoodRatio: 1 - steady.badRatio,
          usualRatio: steady.shares.allowed,
          allowedMs: allowedMs(plan, objective.id),
          isSuspicious: isWorseThanUsual(base, group, steady.shares, by('usual'), plan.stableForMs),
        }),
      )
    }
  }
  return result
}

/** What is usual for an SLI: its shares of bad requests before the first injection, and the episodes of that time. */
const steadyState = (
  base: TimeBase,
  { seconds }: SliRecord,
  { targetRatio }: ProportionObjective,
  from: number,
  to: number,
): { shares: Shares; badRatio: number; reference: Reference } => {
  const { due, bad } = sumSeconds(seconds, (at) => at >= from && at < to)
  const badRatio = due === 0 ? 0 : bad / due
  const shares = {
    observed: (bad + 0.5) / (due + 1),
    steady: bounds(bad, due).high,
    allowed: Math.max(allowedRatio(targetRatio), badRatio),
  }
  const { proven, suspected } = episodesIn(sampleRuns(base, from, to), shares)
  const reference = { episodes: [...proven, ...suspected], watchedMs: Math.max(0, to - from) * 1000 }
  return { shares, badRatio, reference }
}

/** Chance that so many bad requests are usual, below which they are no sign of a fault that was absorbed. */
const doubtful = 0.01

/**
 * Whether users fared worse than usual, and worse than the objective allows, while the fault was held or right after:
 * too little to find an outage in, and too much to say that there was none. Usual episodes are explained: their seconds say
 * nothing of the others.
 */
const isWorseThanUsual = (
  { baseS, seconds }: TimeBase,
  { injected, removed }: FaultGroup,
  { observed, allowed }: Shares,
  usual: readonly Episode[],
  stableForMs: number,
): boolean => {
  const overMs = repliedAt(removed ?? injected)
  const second = (ms: number) => Math.floor(ms / 1000) - baseS
  const isUsual = (at: number) =>
    usual.some(({ start, end }) => at >= second(start.lowMs) && at <= second(end.highMs ?? end.lowMs))
  const spans = [
    [injected.calledAtMs, overMs],
    [overMs, overMs + stableForMs],
  ] as const
  return spans.some(([fromMs, toMs]) => {
    const [from, to] = [Math.floor(fromMs / 1000) - baseS, Math.ceil(toMs / 1000) - baseS]
    const { due, bad } = sumSeconds(seconds, (at) => at >= from && at < to && !isUsual(at))
    return bad > allowed * due && upperTail(bad, due, observed) < doubtful
  })
}

const episodesIn = (
  runs: readonly SampleRun[],
  shares: Shares,
  notBeforeMs?: number,
): { proven: Episode[]; suspected: Episode[] } =>
  withSuspected(episodesOf(runs, shares, notBeforeMs), episodesOf(runs, shares, notBeforeMs, 'steady'))

/** The begin and the end of each call: a kill is felt before the call that made it has replied. */
const edgesOf = ({ members }: FaultGroup): number[] =>
  members.flatMap(({ injected, removed }) =>
    [injected, ...(removed ? [removed] : [])].flatMap((edge) => [edge.calledAtMs, repliedAt(edge)]),
  )
