import type { ProportionObjective } from '../model/objective.ts'
import type { Range, SliRecovery } from '../model/verdict.ts'
import { allowedRatio } from './binomial.ts'
import { detectedAt } from './burn-rate.ts'
import type { Episode } from './episodes.ts'
import type { Folded } from './fold.ts'
import type { FaultGroup } from './groups.ts'
import { repliedAt } from './history.ts'
import { isFineEnough, sumGrid } from './latency-grid.ts'
import type { PooledWindow } from './pooling.ts'
import type { Ends, RecoveryTimes } from './recovery-times.ts'
import { degraded, recoveryTimes, shortestVisibleMs } from './recovery-times.ts'
import { type Seconds, sumSeconds } from './seconds.ts'
import type { SliRecord } from './sli-record.ts'
import type { TimeBase } from './stretches.ts'
import { watchedMsAfter } from './stretches.ts'
import { quantileUs } from './windows.ts'

export interface RecoveryOptions {
  objective: ProportionObjective
  group: FaultGroup
  /** Windows from the group's injection to the next group's, or to the end of the load. */
  windows: readonly PooledWindow[]
  /** Episodes in that time that are the fault's, and those of which nothing tells whether they are. */
  charged: readonly Episode[]
  unclear: readonly Episode[]
  /** Episodes in that time that are no worse than those of the steady state. */
  usualEpisodes: number
  stableForMs: number
  /** Share of good requests in steady state. */
  referenceGoodRatio: number
  /** Share of bad requests that is no outage. */
  usualRatio: number
  /** Shortest recovery time that an objective allows; null without such an objective. */
  allowedMs: number | null
  /** More bad requests than usual in the time of the fault, outside of usual episodes, whether or not another one is found. */
  isSuspicious: boolean
}

/** How one SLI fared under one group of faults: every number of the recovery table. */
export const recover = (folded: Folded, record: SliRecord, options: RecoveryOptions): SliRecovery => {
  const { group, windows, objective, charged, unclear } = options
  const base: TimeBase = { baseS: folded.baseS, seconds: record.seconds }
  const last = windows.findLast((window) => window.state !== 'unknown')
  if (!last) return noData(objective.id)
  const rangeEndMs = (folded.baseS + last.to) * 1000
  const possible = [...charged, ...unclear].sort((a, b) => a.start.lowMs - b.start.lowMs)
  // No load was due while the fault was held, so silence proves nothing.
  if (possible.length === 0 && !group.oneShot && dueWhileHeld(base, group) === 0) return noData(objective.id)

  const ends: Ends = { first: possible[0] ?? null, last: possible.at(-1) ?? null, charged, rangeEndMs }
  const visibleMs = shortestVisibleMs(windows, options.usualRatio)
  const times = recoveryTimes(group, ends, options.isSuspicious ? null : visibleMs)
  const state = stateOf(base, options, ends, visibleMs)
  const isOver = state === 'recovered'
  const impactMs = ends.first ? (ends.first.start.lowMs + ends.first.start.highMs) / 2 : null
  const end = isOver && ends.last?.end.highMs != null ? { low: ends.last.end.lowMs, high: ends.last.end.highMs } : null
  const clockMs = quietFrom(options)
  const effects = measureEffects(
    folded,
    record,
    options,
    end?.high ?? (ends.last ? rangeEndMs : (clockMs ?? rangeEndMs)),
    ends.last !== null || state === 'cannot-tell',
  )
  if (!isOver && ends.last && state !== 'cannot-tell') times.recovery.high = times.rto.high = null
  const point = ({ low, high }: { low: number; high: number | null }) =>
    high !== null && state !== 'not-seen' && state !== 'not-recovered' ? (low + high) / 2 : low
  const bad = degraded(base, windows, options, rangeEndMs)
  return {
    objective: objective.id,
    state,
    timeToImpactMs: times.impact && point(times.impact),
    timeToDetectMs: impactMs === null ? null : detection(base, objective, impactMs, rangeEndMs),
    timeToMitigateMs: impactMs === null ? null : mitigation(base, options, possible, impactMs),
    recoveryMs: ends.last ? point(times.recovery) : 0,
    resolutionMs: isOver && times.recovery.high !== null ? (times.recovery.high - times.recovery.low) / 2 : null,
    rtoMs: ends.last ? point(times.rto) : 0,
    impactAtMs: impactMs,
    recoveredAtMs: end ? (end.low + end.high) / 2 : state === 'absorbed' || state === 'cannot-tell' ? clockMs : null,
    degradedSeconds: bad.seconds,
    episodes: possible.length,
    ...effects,
    ranges: { ...times, end, degradedSeconds: ends.first ? { low: bad.low, high: bad.high } : unseenSeconds(times) },
    shortestVisibleMs: visibleMs,
    usualEpisodes: options.usualEpisodes,
  }
}

/** Without an episode, one that the record could not show may have been there. */
const unseenSeconds = ({ recovery: { high } }: RecoveryTimes): Range => ({
  low: 0,
  high: high === null ? null : high / 1000,
})

/** Requests that were due in the seconds from the injection to the removal. */
const dueWhileHeld = ({ baseS, seconds }: TimeBase, { injected, removed }: FaultGroup): number => {
  const from = Math.floor(injected.calledAtMs / 1000) - baseS
  const to = removed === null ? seconds.length : Math.ceil(repliedAt(removed) / 1000) - baseS
  return sumSeconds(seconds, (at) => at >= from && at < to).due
}

/** When the fault is over for certain, if it has no effect: the injection of one-shots, the removal of held ones. */
const quietFrom = ({ group }: RecoveryOptions): number | null => {
  const edge = group.oneShot ? group.injected : group.removed
  return edge === null ? null : repliedAt(edge)
}

/** Recovered, absorbed, or not known. A fault that is still there has not been recovered from, however well the system copes. */
const stateOf = (base: TimeBase, options: RecoveryOptions, { last }: Ends, visibleMs: number): SliRecovery['state'] => {
  const { windows, charged, stableForMs, allowedMs, isSuspicious } = options
  const overMs = quietFrom(options)
  if (last?.isOpen) return charged.includes(last) ? 'not-recovered' : 'not-seen'
  const quietMs = Math.max(overMs ?? Number.POSITIVE_INFINITY, last?.end.highMs ?? Number.NEGATIVE_INFINITY)
  const isWatched = last?.end.highMs !== null && watchedMsAfter(base, windows, quietMs) >= stableForMs
  if (!isWatched) return 'not-seen'
  if (last) return charged.length > 0 ? 'recovered' : 'cannot-tell'
  if (isSuspicious) return 'cannot-tell'
  return allowedMs !== null && allowedMs < visibleMs ? 'cannot-tell' : 'absorbed'
}

/** From impact to the end of the second in which the burn-rate alert would fire; null if it does not. */
const detection = (
  base: TimeBase,
  objective: ProportionObjective,
  impactMs: number,
  rangeEndMs: number,
): number | null => {
  const from = Math.floor(impactMs / 1000) - base.baseS
  const to = Math.ceil(rangeEndMs / 1000) - base.baseS
  const at = detectedAt(base.seconds, from, to, allowedRatio(objective.targetRatio))
  return at < 0 ? null : Math.max(0, (base.baseS + at + 1) * 1000 - impactMs)
}

/**
 * From impact to the start of the first stable good stretch that begins while the fault is held, with
 * at least one whole window before the removal: requests that were in flight at the removal turn good
 * a moment before it, and nothing was mitigated.
 */
const mitigation = (
  base: TimeBase,
  options: RecoveryOptions,
  episodes: readonly Episode[],
  impactMs: number,
): number | null => {
  const { group, windows, stableForMs } = options
  if (group.oneShot) return null
  const removedMs = group.removed?.calledAtMs ?? Number.POSITIVE_INFINITY
  for (const [at, { end }] of episodes.entries()) {
    const goodFromMs = end.highMs
    if (goodFromMs === null || goodFromMs >= removedMs) return null
    const nextMs = episodes[at + 1]?.start.lowMs ?? Number.POSITIVE_INFINITY
    const seenGood = windows.some(
      (window) =>
        window.state !== 'unknown' &&
        (base.baseS + window.from) * 1000 >= goodFromMs &&
        (base.baseS + window.to) * 1000 <= Math.min(removedMs, nextMs),
    )
    const goodMs = Math.min(nextMs - goodFromMs, watchedMsAfter(base, windows, goodFromMs))
    if (seenGood && goodMs >= stableForMs) return (end.lowMs + goodFromMs) / 2 - impactMs
  }
  return null
}

type Effects = Pick<
  SliRecovery,
  'resilienceLossSeconds' | 'badEvents' | 'budgetConsumedRatio' | 'maxErrorRatio' | 'latencyP95Us' | 'latencyP99Us'
>

/** What users lost between injection and recovery. An absorbed fault counts until `stableFor` after it was over. */
const measureEffects = (
  folded: Folded,
  record: SliRecord,
  options: RecoveryOptions,
  untilMs: number,
  mayHaveLost: boolean,
): Effects => {
  const { windows, objective, group } = options
  const impact = options.charged.length + options.unclear.length > 0
  const from = Math.floor(group.injected.calledAtMs / 1000) - folded.baseS
  const endMs = impact ? untilMs : untilMs + options.stableForMs
  const to = Math.min(Math.ceil(endMs / 1000) - folded.baseS, windows.at(-1)?.to ?? from)
  const during = windows.filter((window) => window.due > 0 && window.from < Math.max(to, from + 1))
  const inside = (at: number) => at >= from && at < to
  const badEvents = sumRange(record.seconds, from, to)
  const latency = record.grid && isFineEnough(record.grid, to - from) ? sumGrid(record.grid, inside) : null
  const budget = errorBudget(objective)
  const loss = (window: PooledWindow) =>
    (window.to - window.from) * Math.max(0, options.referenceGoodRatio - (1 - window.bad / window.due))
  return {
    resilienceLossSeconds: mayHaveLost ? sum(during, loss) : 0,
    badEvents,
    budgetConsumedRatio: budget === null ? null : badEvents / budget,
    maxErrorRatio:
      during.length === 0 ? null : during.reduce((most, window) => Math.max(most, window.failed / window.due), 0),
    latencyP95Us: latency && quantileUs(latency, 0.95),
    latencyP99Us: latency && quantileUs(latency, 0.99),
  }
}

/** Bad events that the SLO allows in its window at the stated production traffic; null when that is not stated. */
export const errorBudget = (objective: ProportionObjective): number | null => {
  const { productionPerSecond, budgetWindowMs } = objective
  if (productionPerSecond === null || budgetWindowMs === null) return null
  const events = allowedRatio(objective.targetRatio) * productionPerSecond * (budgetWindowMs / 1000)
  return events > 0 ? events : null
}

/** Times of a ledger may lie years apart: only seconds that there are are looked at. */
const sumRange = (seconds: Seconds, from: number, to: number): number => {
  let bad = 0
  for (let at = Math.max(0, from); at < Math.min(to, seconds.bad.length); at++) bad += seconds.bad[at] ?? 0
  return bad
}

const sum = <T>(items: readonly T[], value: (item: T) => number): number =>
  items.reduce((total, item) => total + value(item), 0)

const noData = (objective: string): SliRecovery => ({
  objective,
  state: 'no-data',
  timeToImpactMs: null,
  timeToDetectMs: null,
  timeToMitigateMs: null,
  recoveryMs: null,
  resolutionMs: null,
  rtoMs: null,
  impactAtMs: null,
  recoveredAtMs: null,
  degradedSeconds: 0,
  episodes: 0,
  resilienceLossSeconds: 0,
  badEvents: 0,
  budgetConsumedRatio: null,
  maxErrorRatio: null,
  latencyP95Us: null,
  latencyP99Us: null,
})
