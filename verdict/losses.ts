import { leastApartMs } from '../model/plan.ts'
import type { SliRecovery } from '../model/verdict.ts'
import type { FaultGroup } from './groups.ts'
import { faultEnd } from './phases.ts'
import type { AckSpan, Writes } from './writes.ts'

/** What one group of faults lost. */
export interface Loss {
  lostWrites: number
  /** max(injection, newest lost acknowledgement) - oldest lost acknowledgement. */
  rpoMs: number
}

/** A group of faults and how every SLI fared. */
interface Recovered {
  group: FaultGroup
  perSli: SliRecovery[]
}

/** Lost writes by group of faults, and those that were acknowledged outside of every fault's window. */
export interface ChargedLosses {
  byGroup: Map<FaultGroup, Loss>
  outside: number
}

/** Writes of these last milliseconds before an injection were perhaps not yet stored. */
const notYetStoredMs = 2_000

/**
 * Charges lost writes to faults. A group's window goes from its injection to its recovery, or to the next injection; a
 * request that ends in its last second still counts. What was acknowledged right before the injection belongs to it,
 * too, since it may have been on its way to the store: the last 2 s, and as far back as every second lost at least
 * half of what it acknowledged. Everything else is charged to no fault.
 */
export const chargeLosses = (writes: Writes, groups: readonly Recovered[]): ChargedLosses => {
  const lostSpans = writes.spans.filter(({ lost }) => lost > 0)
  const byGroup = new Map<FaultGroup, Loss>()
  const windows = groups.map((own) => ({
    group: own.group,
    ...windowOf(own),
    storedFromMs: storedUntil(own, writes.spans),
  }))
  const charged = Map.groupBy(lostSpans, ({ fromMs, toMs }) => {
    const during = windows.findLast((window) => toMs >= window.fromMs && fromMs <= window.toMs)
    return (during ?? windows.find((window) => toMs >= window.storedFromMs && fromMs <= window.fromMs))?.group
  })
  for (const [group, spans] of charged) {
    if (group === undefined) continue
    const oldestMs = Math.min(...spans.map(({ fromMs }) => fromMs))
    const newestMs = Math.max(...spans.map(({ toMs }) => toMs))
    const lostWrites = spans.reduce((sum, { lost }) => sum + lost, 0)
    byGroup.set(group, { lostWrites, rpoMs: Math.max(0, Math.max(group.injected.atMs, newestMs) - oldestMs) })
  }
  const inFaults = [...byGroup.values()].reduce((sum, { lostWrites }) => sum + lostWrites, 0)
  return { byGroup, outside: Math.max(0, writes.lost - inFaults) }
}

const windowOf = ({ group, perSli }: Recovered): { fromMs: number; toMs: number } => ({
  fromMs: group.injected.calledAtMs,
  toMs: Math.min(faultEnd(group, perSli) + leastApartMs, group.censoredAtMs ?? Number.POSITIVE_INFINITY),
})

/** The oldest acknowledgement that the injection may still have undone. */
const storedUntil = ({ group }: Recovered, spans: readonly AckSpan[]): number => {
  const { calledAtMs } = group.injected
  const before = Map.groupBy(spans, ({ toMs }) => Math.floor((calledAtMs - toMs) / 1000))
  let fromMs = calledAtMs - notYetStoredMs
  for (let second = 0; ; second++) {
    const own = before.get(second)
    if (own === undefined) return fromMs
    const acknowledged = own.reduce((sum, span) => sum + span.acknowledged, 0)
    const lost = own.reduce((sum, span) => sum + span.lost, 0)
    if (lost * 2 < acknowledged) return fromMs
    fromMs = Math.min(fromMs, ...own.map((span) => span.fromMs))
  }
}
