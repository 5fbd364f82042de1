import type { Plan, PlannedFault } from '../model/plan.ts'
import { leastApartMs } from '../model/plan.ts'
import type { Edge, FaultHistory, History } from './history.ts'
import { repliedAt } from './history.ts'

export interface InjectedFault {
  fault: PlannedFault
  injected: Edge
  removed: Edge | null
}

/** Faults whose times overlap: their effects can't be told apart, so they are judged as one. */
export interface FaultGroup {
  members: InjectedFault[]
  /** First injection. */
  injected: Edge
  /** Last removal of the held ones: the recovery's clock; null when all are one-shots or one was never removed. */
  removed: Edge | null
  /** All are one-shots: recovery counts from the impact. */
  oneShot: boolean
  /** Injection of the next group, Unix ms: it censors this one. Null for the last. */
  censoredAtMs: number | null
}

/** Groups of the faults that were injected, in order of time. */
export const groupFaults = (plan: Plan, history: History): FaultGroup[] => {
  const injected = plan.faults
    .map((fault) => member(fault, history.faults.get(fault.id)))
    .filter((entry) => entry !== null)
    .sort((a, b) => a.injected.calledAtMs - b.injected.calledAtMs)
  const groups: InjectedFault[][] = []
  let endMs = Number.NEGATIVE_INFINITY
  for (const entry of injected) {
    const last = groups.at(-1)
    if (last && (entry.injected.calledAtMs < endMs || isPlannedWith(entry, last))) last.push(entry)
    else groups.push([entry])
    endMs = Math.max(endMs, heldUntil(entry))
  }
  return groups.map((members, at) => makeGroup(members, groups[at + 1]?.[0]?.injected.calledAtMs ?? null))
}

const isPlannedWith = ({ fault }: InjectedFault, group: InjectedFault[]): boolean =>
  group.some((other) => Math.abs(other.fault.atMs - fault.atMs) < leastApartMs)

const member = (fault: PlannedFault, history: FaultHistory | undefined): InjectedFault | null =>
  history?.injected ? { fault, injected: history.injected, removed: fault.oneShot ? null : history.removed } : null

const heldUntil = (entry: InjectedFault): number => {
  if (entry.fault.oneShot) return entry.injected.calledAtMs
  return entry.removed === null ? Number.POSITIVE_INFINITY : repliedAt(entry.removed)
}

const makeGroup = (members: InjectedFault[], censoredAtMs: number | null): FaultGroup => {
  const held = members.filter((entry) => !entry.fault.oneShot)
  const removals = held.map((entry) => entry.removed)
  const first = members[0]
  if (!first) throw new Error('a group of no faults')
  const last = removals.reduce((a, b) => (a && b ? (repliedAt(b) > repliedAt(a) ? b : a) : null), removals[0] ?? null)
  return { members, injected: first.injected, removed: last, oneShot: held.length === 0, censoredAtMs }
}
