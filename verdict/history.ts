import type { EndReason, RunEvent } from '../model/event.ts'
import type { Plan } from '../model/plan.ts'
import type { AuditEvent } from './audit-event.ts'
import { validAudit } from './audit-event.ts'
import { addToOrder, newOrder } from './event-order.ts'

/** A confirmed edge: the call that made it, from call to reply; the clock stands in its middle. */
export interface Edge {
  atMs: number
  calledAtMs: number
  widthMs: number | null
}

/** End of the call: what it did was done by then (Unix ms). */
export const repliedAt = ({ calledAtMs, widthMs }: Edge): number => calledAtMs + (widthMs ?? 0)

/** What the ledger says about one fault. */
export interface FaultHistory {
  /** When the ledger had it, right before the injecting call. */
  injectingAtMs: number | null
  injected: Edge | null
  removed: Edge | null
  confirmedActive: boolean
  confirmedRemoved: boolean
  notActive: string | null
  /** The last look before its removal got no answer. */
  unseen: boolean
  /** Where it ended by itself: between these Unix ms, as far as that was looked at. */
  ended: { lastSeenAtMs: number; goneAtMs: number } | null
  /** Evidence that it is still there; null again once it is proven removed. */
  notRemoved: string | null
  checkBy: string[]
  skipped: string | null
}

type ClusterClock = Extract<RunEvent, { type: 'cluster.clock' }>

/** `events.ndjson` in the shape that the judge asks questions in. */
export interface History {
  startedAtMs: number | null
  loadEnded: { atMs: number; exitCode: number | null; signal: string | null } | null
  faults: Map<string, FaultHistory>
  audit: AuditEvent | null
  auditFailed: string | null
  guards: { guard: string; evidence: string }[]
  ended: EndReason
  /** The record has its last event. */
  complete: boolean
  /** How the cluster's clock differs from that of the record, whose times are corrected by it; null elsewhere. */
  clusterClock: ClusterClock | null
  warnings: string[]
  errors: string[]
  /** Events that could not be read. */
  damaged: number
  /** What does not fit in the order of the events. */
  disorder: string[]
}

/** Reads the events in one pass. Whatever is missing stays null; nothing is made up. */
export const readHistory = async (
  plan: Plan,
  events: Iterable<RunEvent> | AsyncIterable<RunEvent>,
): Promise<History> => {
  const history: History = {
    startedAtMs: null,
    loadEnded: null,
    faults: new Map(plan.faults.map((fault) => [fault.id, noHistory()])),
    audit: null,
    auditFailed: null,
    guards: [],
    ended: 'crashed',
    complete: false,
    clusterClock: null,
    warnings: [],
    errors: [],
    damaged: 0,
    disorder: [],
  }
  const order = newOrder()
  for await (const event of events) {
    if (typeof event !== 'object' || event === null || !Number.isFinite(event.atMs)) history.damaged++
    else {
      addToOrder(order, event)
      apply(history, event)
    }
  }
  history.disorder = order.reasons
  if (!history.complete && history.guards.length > 0) history.ended = 'guard'
  return history
}

/** When injections began that failed, in order: nobody knows how much of each took effect. */
export const failedInjections = (history: History): number[] =>
  [...history.faults.values()]
    .filter(({ injected, notActive }) => injected === null && notActive !== null)
    .flatMap(({ injectingAtMs }) => injectingAtMs ?? [])
    .sort((a, b) => a - b)

const noHistory = (): FaultHistory => ({
  injectingAtMs: null,
  injected: null,
  removed: null,
  confirmedActive: false,
  confirmedRemoved: false,
  notActive: null,
  unseen: false,
  ended: null,
  notRemoved: null,
  checkBy: [],
  skipped: null,
})

const apply = (history: History, event: RunEvent): void => {
  switch (event.type) {
    case 'load.started':
      history.startedAtMs ??= event.atMs
      return
    case 'load.ended':
      history.loadEnded = { atMs: event.atMs, exitCode: event.exitCode, signal: event.signal }
      return
    case 'audit.done':
      if (validAudit(event)) history.audit = event
      else history.damaged++
      return
    case 'audit.failed':
      history.auditFailed = event.reason
      return
    case 'guard.tripped':
      history.guards.push({ guard: event.guard, evidence: event.evidence })
      return
    case 'cluster.clock':
      history.clusterClock = event
      return
    case 'warning':
      history.warnings.push(event.message)
      return
    case 'error':
      history.errors.push(event.message)
      return
    case 'run.ended':
      history.ended = event.reason
      history.complete = true
      return
    default:
      if ('fault' in event) applyToFault(history, event)
  }
}

const applyToFault = (history: History, event: Extract<RunEvent, { fault: string }>): void => {
  const fault = history.faults.get(event.fault)
  if (fault === undefined) {
    history.damaged++
    return
  }
  switch (event.type) {
    case 'fault.injecting':
      fault.injectingAtMs = event.atMs
      return
    case 'fault.injected':
      fault.injected = edge(event.calledAtMs, event.repliedAtMs, event.atMs)
      return
    case 'fault.active':
      fault.confirmedActive = true
      fault.injected ??= { atMs: event.atMs, calledAtMs: event.atMs, widthMs: null }
      return
    case 'fault.notActive':
      fault.notActive ??= event.evidence
      fault.ended ??= endOf(event.lastSeenAtMs, event.goneAtMs)
      return
    case 'fault.unseen':
      fault.unseen = true
      return
    case 'fault.removed':
      fault.removed = edge(event.calledAtMs, event.repliedAtMs, event.atMs)
      return
    case 'fault.provenRemoved':
      fault.confirmedRemoved = true
      fault.notRemoved = null
      fault.checkBy = []
      fault.removed ??= { atMs: event.atMs, calledAtMs: event.atMs, widthMs: null }
      return
    case 'fault.notRemoved':
      fault.confirmedRemoved = false
      fault.notRemoved = event.evidence
      fault.checkBy = Array.isArray(event.checkBy) ? event.checkBy.map(String) : []
      return
    case 'fault.skipped':
      fault.skipped = event.reason
  }
}

const endOf = (lastSeenAtMs = Number.NaN, goneAtMs = Number.NaN): FaultHistory['ended'] =>
  Number.isFinite(lastSeenAtMs) && goneAtMs >= lastSeenAtMs ? { lastSeenAtMs, goneAtMs } : null

const edge = (calledAtMs: number, repliedAtMs: number, atMs: number): Edge =>
  Number.isFinite(calledAtMs) && Number.isFinite(repliedAtMs) && repliedAtMs >= calledAtMs
    ? { atMs: (calledAtMs + repliedAtMs) / 2, calledAtMs, widthMs: repliedAtMs - calledAtMs }
    : { atMs, calledAtMs: atMs, widthMs: null }
