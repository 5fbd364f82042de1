import type { Plan, PlannedFault } from '../model/plan.ts'
import type { FaultResult, SliRecovery } from '../model/verdict.ts'
import { dash, formatRatio, formatSeconds } from './format.ts'
import type { FaultHistory, History } from './history.ts'
import type { ChargedLosses } from './losses.ts'
import { halfWidthText } from './objectives/recovery-measure.ts'
import type { RecoveredGroup } from './recover-groups.ts'

const severity: Record<SliRecovery['state'], number> = {
  'no-data': -1,
  absorbed: 0,
  recovered: 1,
  'cannot-tell': 2,
  'not-seen': 3,
  'not-recovered': 4,
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
      ((ms - (past.injected?.calledAtMs ?? activeAtMs)) / 1000).toFixed(1),
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
  const usual = sli.usualEpisodes ? ', trouble as in the steady state' : ''
  if (sli.state === 'absorbed')
    return { impact: 'none seen', mitigated: dash, recovery: `absorbed${usual}`, rto: formatSeconds(0) }
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
  if (sli.state === 'cannot-tell') {
    const most = sli.ranges?.recovery.high
    return { impact, mitigated, recovery: `cannot tell${most == null ? '' : `, ≤ ${formatSeconds(most)}`}`, rto: dash }
  }
  const resolution = sli.resolutionMs === null ? '' : ` ± ${halfWidthText(sli.resolutionMs)}`
  const changed = sli.change ? ', changed for good' : ''
  return { impact, mitigated, recovery: `${time}${resolution}${changed}`, rto }
}

const budgetText = (perSli: readonly SliRecovery[]): string => {
  const shares = perSli.map((sli) => sli.budgetConsumedRatio).filter((share) => share !== null)
  return shares.length === 0 ? dash : formatRatio(Math.max(...shares))
}
