import type { Plan } from '../../model/plan.ts'
import type { LastingChange, SliRecovery } from '../../model/verdict.ts'
import type { RecoveredGroup } from '../recover-groups.ts'
import { gravity } from './telling.ts'

/** A group's recoveries with what did not become as before. */
export const withChanges = (
  recovered: RecoveredGroup,
  changes: readonly LastingChange[],
  loadEndMs: number,
): RecoveredGroup => {
  const { group } = recovered
  const own = changes.filter(({ fault }) => fault === group.members[0]?.fault.id)
  const seenToMs = group.censoredAtMs ?? loadEndMs
  const clockMs = group.oneShot ? null : (group.removed?.atMs ?? null)
  const edges = { injectedMs: group.injected.atMs, clockMs, seenToMs }
  return {
    group,
    perSli: recovered.perSli.map((sli) => {
      const worst = worstOf(own.filter(({ objective }) => objective === sli.objective))
      return worst ? withChange(sli, worst, edges) : sli
    }),
  }
}

const worstOf = (changes: readonly LastingChange[]): LastingChange | null =>
  changes.reduce<LastingChange | null>(
    (worst, change) => (worst && gravity[worst.target] >= gravity[change.target] ? worst : change),
    null,
  )

/**
 * The changes that leave a run inconclusive at best, worst first: all of required objectives but those within the
 * target, and those of the steady state that are not proven to break it.
 */
export const changesThatCount = (changes: readonly LastingChange[], plan: Plan): LastingChange[] => {
  const required = new Set(plan.objectives.filter(({ gate }) => gate === 'required').map(({ id }) => id))
  return changes
    .filter(
      ({ objective, target, fault }) =>
        required.has(objective) && target !== 'within' && (target !== 'open' || fault !== null),
    )
    .sort((a, b) => gravity[b.target] - gravity[a.target])
}

interface Edges {
  injectedMs: number
  /** Where the recovery's clock starts; null for one-shots, whose clock is the impact. */
  clockMs: number | null
  seenToMs: number
}

/**
 * What its windows said of an SLI, corrected: a proven change for the worse that breaks the target by itself is no
 * recovery, one that may break it cannot be seen to have recovered, and one within the target is an impact that stays.
 */
const withChange = (sli: SliRecovery, change: LastingChange, edges: Edges): SliRecovery => {
  const { injectedMs, seenToMs } = edges
  const impactAtMs = Math.min(sli.impactAtMs ?? Number.POSITIVE_INFINITY, Math.max(injectedMs, change.sinceMs))
  const seen: SliRecovery = { ...sli, impactAtMs, timeToImpactMs: Math.max(0, impactAtMs - injectedMs), change }
  const isOver = sli.state === 'absorbed' || sli.state === 'recovered' || sli.state === 'cannot-tell'
  if (change.target === 'within') return sli.state === 'absorbed' ? { ...seen, state: 'recovered' } : seen
  if (!isOver && sli.state !== 'not-seen') return seen
  const proven = change.target === 'broken' && !change.fading
  if (!isOver && !proven) return seen
  const least = { recoveryMs: sli.ranges?.recovery.low ?? sli.recoveryMs, rtoMs: sli.ranges?.rto.low ?? sli.rtoMs }
  const open: SliRecovery = { ...seen, ...least, state: 'not-seen', resolutionMs: null, recoveredAtMs: null }
  if (!proven) return open
  const since = (ms: number) => Math.max(0, seenToMs - ms)
  return { ...open, state: 'not-recovered', recoveryMs: since(edges.clockMs ?? impactAtMs), rtoMs: since(injectedMs) }
}
