import type { ProportionObjective } from '../model/objective.ts'
import type { SliRecovery } from '../model/verdict.ts'
import { allowedRatio } from './binomial.ts'
import { detectedAt } from './burn-rate.ts'
import type { Folded } from './fold.ts'
import type { FaultGroup } from './groups.ts'
import { isFineEnough, sumGrid } from './latency-grid.ts'
import type { PooledWindow } from './pooling.ts'
import { type Seconds, sumSeconds } from './seconds.ts'
import type { SliRecord } from './sli-record.ts'
import type { Stretch, TimeBase } from './stretches.ts'
import { badStretches, goodMsAfter, resolutionMs } from './stretches.ts'
import { quantileUs } from './windows.ts'

export interface RecoveryOptions {
  objective: ProportionObjective
  group: FaultGroup
  /** Windows from the group's injection to the next group's, or to the end of the load. */
  windows: readonly PooledWindow[]
  stableForMs: number
  /** Share of good requests in steady state. */
  referenceGoodRatio: number
}

/** How one SLI fared under one group of faults: every number of the recovery table. */
export const recover = (folded: Folded, record: SliRecord, options: RecoveryOptions): SliRecovery => {
  const { group, windows, objective } = options
  const base: TimeBase = { baseS: folded.baseS, seconds: record.seconds }
  const injectedMs = group.injected.atMs
  const known = windows.filter((window) => window.state !== 'unknown')
  const last = known.at(-1)
  if (!last) return noData(objective.id)
  const rangeEndMs = (folded.baseS + last.to) * 1000
  const stretches = badStretches(base, windows, group.injected.calledAtMs)
  // Whom would it have hurt? That nobody complained says nothing.
  if (stretches.length === 0 && !group.oneShot && dueWhileHeld(base, group) === 0) return noData(objective.id)
  const clockMs = group.oneShot ? (stretches[0]?.fromMs ?? injectedMs) : (group.removed?.atMs ?? null)
  const end = outcome(base, options, stretches, clockMs, rangeEndMs)

  const first = stretches[0]
  const impactMs = first ? first.fromMs : null
  const sinceInjection = (ms: number) => Math.max(0, ms - injectedMs)
  const untilMs = end.recoveredAtMs ?? rangeEndMs
  const effects = measureEffects(folded, record, options, untilMs, first !== undefined)
  return {
    objective: objective.id,
    state: end.state,
    timeToImpactMs: impactMs === null ? null : sinceInjection(impactMs),
    timeToDetectMs: impactMs === null ? null : detection(base, objective, impactMs, rangeEndMs),
    timeToMitigateMs: impactMs === null ? null : mitigation(base, options, stretches, impactMs),
    recoveryMs: end.recoveryMs,
    resolutionMs: first && end.state === 'recovered' ? edgeResolution(base, stretches) : null,
    rtoMs: end.state === 'absorbed' ? 0 : sinceInjection(end.edgeMs),
    impactAtMs: impactMs,
    recoveredAtMs: first ? end.recoveredAtMs : null,
    degradedSeconds: sum(windows, (window) => (window.state === 'bad' ? window.to - window.from : 0)),
    episodes: stretches.length,
    ...effects,
  }
}

/** Requests that were due in the seconds from the injection to the removal. */
const dueWhileHeld = ({ baseS, seconds }: TimeBase, { injected, removed }: FaultGroup): number => {
  const from = Math.floor(injected.calledAtMs / 1000) - baseS
  const to = removed === null ? seconds.length : Math.ceil(removed.atMs / 1000) - baseS
  return sumSeconds(seconds, (at) => at >= from && at < to).due
}

interface End {
  state: SliRecovery['state']
  recoveryMs: number
  /** End of the last bad stretch as far as it was seen. */
  edgeMs: number
  /** When it had recovered; with absorbed faults the end of what counts as the fault; null if it was not seen. */
  recoveredAtMs: number | null
}

/** Recovered, absorbed, or only a lower bound. */
const outcome = (
  base: TimeBase,
  options: RecoveryOptions,
  stretches: readonly Stretch[],
  clockMs: number | null,
  rangeEndMs: number,
): End => {
  const { group, windows, stableForMs } = options
  const lastBad = stretches.at(-1)
  if (!lastBad) {
    // Nothing bad: absorbed, if it was watched for long enough after the fault was over.
    const quietFromMs = clockMs ?? Number.POSITIVE_INFINITY
    const watched = goodMsAfter(base, windows, quietFromMs) >= stableForMs
    const edgeMs = group.injected.atMs
    if (!watched) return { state: 'not-seen', recoveryMs: 0, edgeMs, recoveredAtMs: null }
    return { state: 'absorbed', recoveryMs: 0, edgeMs, recoveredAtMs: quietFromMs }
  }
  const since = (ms: number) => (clockMs === null ? 0 : Math.max(0, ms - clockMs))
  // A fault that is still there has not been recovered from, however well the system copes with it.
  const goodFromMs = clockMs === null ? Number.POSITIVE_INFINITY : Math.max(lastBad.toMs, clockMs)
  if (goodMsAfter(base, windows, goodFromMs) >= stableForMs) {
    return { state: 'recovered', recoveryMs: since(lastBad.toMs), edgeMs: lastBad.toMs, recoveredAtMs: lastBad.toMs }
  }
  if (lastBad.last === windows.findLast((window) => window.state !== 'unknown')) {
    return { state: 'not-recovered', recoveryMs: since(rangeEndMs), edgeMs: rangeEndMs, recoveredAtMs: null }
  }
  return { state: 'not-seen', recoveryMs: since(lastBad.toMs), edgeMs: lastBad.toMs, recoveredAtMs: null }
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
 * at least one good window before the removal: requests that were in flight at the removal turn good
 * a moment before it, and nobody mitigated anything.
 */
const mitigation = (
  base: TimeBase,
  options: RecoveryOptions,
  stretches: readonly Stretch[],
  impactMs: number,
): number | null => {
  const { group, windows, stableForMs } = options
  if (group.oneShot) return null
  const removedMs = group.removed?.atMs ?? Number.POSITIVE_INFINITY
  for (const [at, stretch] of stretches.entries()) {
    if (stretch.toMs >= removedMs) break
    const nextMs = stretches[at + 1]?.fromMs ?? Number.POSITIVE_INFINITY
    const seenGood = windows.some(
      (window) =>
        window.state === 'good' &&
        (base.baseS + window.from) * 1000 >= stretch.toMs &&
        (base.baseS + window.to) * 1000 <= removedMs,
    )
    if (!seenGood) continue
    const good = Math.min(nextMs - stretch.toMs, goodMsAfter(base, windows, stretch.toMs))
    if (good >= stableForMs) return stretch.toMs - impactMs
  }
  return null
}

/** The wider half-gap of the two edges of the outage. */
const edgeResolution = (base: TimeBase, stretches: readonly Stretch[]): number | null => {
  const first = stretches[0]
  const last = stretches.at(-1)
  if (!first || !last) return null
  return Math.max(resolutionMs(base, first.fromMs, 'start'), resolutionMs(base, last.toMs, 'end'))
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
  impact: boolean,
): Effects => {
  const { windows, objective, group } = options
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
    resilienceLossSeconds: impact ? sum(during, loss) : 0,
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

const sumRange = (seconds: Seconds, from: number, to: number): number => {
  let bad = 0
  for (let at = from; at < to; at++) bad += seconds.bad[at] ?? 0
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
