import type { ProportionObjective, ResilienceObjective } from '../model/objective.ts'
import type { Plan, PlannedFault } from '../model/plan.ts'
import type { FaultResult, SliRecovery } from '../model/verdict.ts'
import { allowedRatio } from './binomial.ts'
import type { Folded } from './fold.ts'
import { dash, formatRatio, formatSeconds } from './format.ts'
import type { FaultGroup } from './groups.ts'
import { groupFaults } from './groups.ts'
import type { FaultHistory, History } from './history.ts'
import { failedInjections } from './history.ts'
import type { ChargedLosses } from './losses.ts'
import { poolWindows } from './pooling.ts'
import { recover } from './recovery.ts'
import { sumSeconds } from './seconds.ts'

/** One group of faults and how every SLI fared. */
export interface RecoveredGroup {
  group: FaultGroup
  perSli: SliRecovery[]
}

/** Fewer requests than this in the whole run make no window: such an SLI cannot show a recovery. */
const fewestDue = 20

/**
 * The proportion objectives whose windows tell how users fared: those that resilience objectives name,
 * and all required ones where one of them names none (or there is none).
 */
export const recoverySlis = (plan: Plan): ProportionObjective[] => {
  const resilience = plan.objectives.filter(
    (objective): objective is ResilienceObjective => objective.kind === 'resilience',
  )
  const named = new Set(resilience.flatMap((objective) => objective.sliIds))
  const proportions = plan.objectives.filter(
    (objective): objective is ProportionObjective => objective.kind === 'proportion',
  )
  const all = resilience.length === 0 || resilience.some((objective) => objective.sliIds.length === 0)
  return proportions.filter((objective) => named.has(objective.id) || (all && objective.gate === 'required'))
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
  const [firstGroup] = groups
  if (!firstGroup) return []
  const indexOf = (ms: number) => Math.max(0, Math.floor(ms / 1000) - folded.baseS)
  const injections = groups.map((group) => indexOf(group.injected.calledAtMs))
  const result: RecoveredGroup[] = groups.map((group) => ({ group, perSli: [] }))
  const steadyFrom = Math.ceil((startedAtMs + plan.phases.warmUp.endMs) / 1000) - folded.baseS
  const [failed = Number.POSITIVE_INFINITY] = failedInjections(history)
  const calmTo = Math.min(injections[0] ?? 0, indexOf(failed))
  for (const objective of recoverySlis(plan)) {
    const record = folded.slis.get(objective.id)
    if (!record) continue
    const first = injections[0] ?? 0
    const whole = sumSeconds(record.seconds, () => true)
    if (whole.due > 0 && whole.due < fewestDue) {
      tooFew(objective, whole.due)
      continue
    }
    const steady = sumSeconds(record.seconds, (at) => at >= steadyFrom && at < calmTo)
    const steadyBad = steady.due === 0 ? 0 : steady.bad / steady.due
    const usualRatio = Math.max(allowedRatio(objective.targetRatio), steadyBad)
    const windows = poolWindows(record.seconds, {
      from: first,
      to: folded.lastIndex + 1,
      cuts: new Set(injections),
      usualRatio,
    })
    for (const [at, { group, perSli }] of result.entries()) {
      const from = injections[at] ?? 0
      const to = injections[at + 1] ?? Number.POSITIVE_INFINITY
      const own = windows.filter((window) => window.from >= from && window.from < to)
      perSli.push(
        recover(folded, record, {
          objective,
          group,
          windows: own,
          stableForMs: plan.stableForMs,
          referenceGoodRatio: 1 - steadyBad,
        }),
      )
    }
  }
  return result
}

const severity: Record<SliRecovery['state'], number> = {
  'no-data': -1,
  absorbed: 0,
  recovered: 1,
  'not-seen': 2,
  'not-recovered': 3,
}

/** The SLI that fared worst: not recovered, then not seen, then the longest recovery. */
export const worstSli = (perSli: readonly SliRecovery[]): SliRecovery | null =>
  perSli.reduce<SliRecovery | null>((worst, sli) => {
    if (!worst || severity[sli.state] > severity[worst.state]) return sli
    if (severity[sli.state] < severity[worst.state]) return worst
    return (sli.recoveryMs ?? 0) > (worst.recoveryMs ?? 0) ||
      (sli.recoveryMs === worst.recoveryMs && (sli.rtoMs ?? 0) > (worst.rtoMs ?? 0))
      ? sli
      : worst
  }, null)

/** The table of faults, outcomes still open. */
export const faultResults = (
  plan: Plan,
  history: History,
  recovered: readonly RecoveredGroup[],
  startedAtMs: number,
  losses: ChargedLosses | null,
): FaultResult[] => {
  return plan.faults.map((fault) => {
    const past = history.faults.get(fault.id)
    const own = recovered.find(({ group }) => group.members.some((member) => member.fault.id === fault.id))
    return faultResult(fault, past, own, history, losses, startedAtMs)
  })
}

const faultResult = (
  fault: PlannedFault,
  past: FaultHistory | undefined,
  own: RecoveredGroup | undefined,
  history: History,
  losses: ChargedLosses | null,
  startedAtMs: number,
): FaultResult => {
  const worst = worstSli(own?.perSli ?? [])
  const loss = own && losses?.byGroup.get(own.group)
  const audited = losses !== null && past?.injected != null
  const activeAtMs = past?.injected?.atMs ?? null
  const removedAtMs = fault.oneShot ? null : (past?.removed?.atMs ?? null)
  const lostWrites = audited ? (loss?.lostWrites ?? 0) : null
  return {
    id: fault.id,
    label: fault.label,
    kind: fault.kind,
    oneShot: fault.oneShot,
    group: own?.group.members.map((member) => member.fault.id) ?? [fault.id],
    confirmedActive: (past?.confirmedActive ?? false) && past?.notActive === null,
    confirmedRemoved:
      past !== undefined &&
      past.notRemoved === null &&
      (past.confirmedRemoved || (fault.oneShot && past.injected !== null)),
    skippedReason: past?.skipped ?? null,
    activeAtMs,
    removedAtMs,
    ...activeUntil(past),
    edgeWidthMs: past?.injected?.widthMs ?? null,
    worst,
    perSli: own?.perSli ?? [],
    text: {
      active: activeText(past, removedAtMs, fault.oneShot, startedAtMs),
      ...(past?.notActive == null ? recoveryText(worst, fault.oneShot) : noRecovery),
      lostWrites: lostWrites === null ? dash : lostWrites === 0 ? '0' : `${lostWrites} lost`,
      budget: budgetText(own?.perSli ?? []),
    },
    lostWrites,
    duplicates: audited ? (history.audit?.duplicates ?? null) : null,
    rpoMs: audited ? (loss ? loss.rpoMs : 0) : null,
    checkBy: past?.checkBy ?? [],
    outcome: 'no-data',
    reason: '',
  }
}

/** A fault that was not there, or not for its time, has no recovery that could be told. */
const noRecovery = { impact: dash, mitigated: dash, recovery: dash, rto: dash }

const activeUntil = (past: FaultHistory | undefined): Pick<FaultResult, 'activeUntilMs'> => {
  if (past?.notActive == null) return {}
  return { activeUntilMs: past.confirmedActive ? (past.ended?.lastSeenAtMs ?? past.injected?.atMs ?? null) : null }
}

const activeText = (
  past: FaultHistory | undefined,
  removedAtMs: number | null,
  oneShot: boolean,
  startedAtMs: number,
): string => {
  const activeAtMs = past?.injected?.atMs ?? null
  if (activeAtMs === null) return 'not injected'
  if (past?.notActive != null && !past.confirmedActive) return 'never active'
  const sinceStartMs = activeAtMs - startedAtMs
  const from = sinceStartMs < 600_000 ? `${(sinceStartMs / 1000).toFixed(1)} s` : formatSeconds(sinceStartMs)
  if (past?.ended) {
    const [seen, gone] = [past.ended.lastSeenAtMs, past.ended.goneAtMs].map((ms) =>
      ((ms - activeAtMs) / 1000).toFixed(1),
    )
    return `${from}, ended after ${seen}..${gone} s`
  }
  if (past?.notActive != null) return `${from}, ended early`
  if (oneShot) return from
  return removedAtMs === null ? `${from}, not removed` : `${from} for ${formatSeconds(removedAtMs - activeAtMs)}`
}

/** The words of the recovery columns. A lower bound is never shown as a number alone. */
const recoveryText = (
  sli: SliRecovery | null,
  oneShot: boolean,
): Pick<FaultResult['text'], 'impact' | 'mitigated' | 'recovery' | 'rto'> => {
  if (!sli || sli.state === 'no-data') return { impact: dash, mitigated: dash, recovery: 'no data', rto: dash }
  if (sli.state === 'absorbed')
    return { impact: 'none seen', mitigated: dash, recovery: 'absorbed', rto: formatSeconds(0) }
  const impact = sli.timeToImpactMs === null ? 'none seen' : formatSeconds(sli.timeToImpactMs)
  const mitigated =
    oneShot || sli.timeToImpactMs === null
      ? dash
      : sli.timeToMitigateMs === null
        ? 'not mitigated before removal'
        : formatSeconds(sli.timeToMitigateMs)
  const time = formatSeconds(sli.recoveryMs ?? 0)
  const rto = formatSeconds(sli.rtoMs ?? 0)
  if (sli.state === 'not-recovered') return { impact, mitigated, recovery: `not recovered, ≥ ${time}`, rto: `≥ ${rto}` }
  if (sli.state === 'not-seen') return { impact, mitigated, recovery: `≥ ${time}`, rto: `≥ ${rto}` }
  const resolution =
    sli.resolutionMs === null ? '' : ` ± ${Math.max(0.1, Math.ceil(sli.resolutionMs / 100 - 0.01) / 10).toFixed(1)}`
  const changed = sli.change ? ', changed for good' : ''
  return { impact, mitigated, recovery: `${time}${resolution}${changed}`, rto }
}

const budgetText = (perSli: readonly SliRecovery[]): string => {
  const shares = perSli.map((sli) => sli.budgetConsumedRatio).filter((share) => share !== null)
  return shares.length === 0 ? dash : formatRatio(Math.max(...shares))
}
