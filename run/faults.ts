import type { ActiveInjection, DriverContext, EdgeTimes } from '../chaos/drivers/driver.ts'
import { startInjection } from '../chaos/drivers/index.ts'
import type { Evidence } from '../chaos/drivers/wait.ts'
import { messageOf } from '../model/errors.ts'
import type { PlannedFault } from '../model/plan.ts'
import { sleepUntil } from './clock.ts'
import { type EndedEarly, endedText, HeldFault } from './hold.ts'
import type { RunListener } from './listener.ts'
import type { Ledger } from './record.ts'
import type { UndoStack } from './undo.ts'

export interface FaultHost {
  context: DriverContext
  ledger: Ledger
  undo: UndoStack
  listener: RunListener
  /** Aborts when the run is to stop; a fault that is active is then removed by the undo. */
  signal: AbortSignal
  /** Unix ms of the plan's second 0. */
  startedAtMs: number
}

/**
 * Carries one fault through its life: waits for its time, writes the ledger, registers the undo,
 * injects, looks whether it is felt, holds it, removes it, and looks whether it is gone. Never
 * throws: whatever goes wrong is in the record.
 */
export const runFault = async (fault: PlannedFault, host: FaultHost): Promise<void> => {
  const { ledger, listener, signal } = host
  const prepareAtMs = host.startedAtMs + fault.atMs - 200
  if (!(await sleepUntil(prepareAtMs, signal))) return
  let active: ActiveInjection[]
  let removeNow: () => Promise<void>
  try {
    active = fault.injections.map((injection) => startInjection(injection, host.context))
    for (const injection of active) await injection.prepare?.()
    if (!(await sleepUntil(host.startedAtMs + fault.atMs, signal))) return
    listener.onFault?.(fault, 'injecting', '')
    // On the disk before anything happens: a disk that refuses means that nothing is injected.
    const pids = active.flatMap((injection) => injection.touches())
    ledger.sync({ type: 'fault.injecting', fault: fault.id, injections: fault.injections, pids })
    removeNow = host.undo.push(fault.label, () => removeFault(fault, active, host), {
      leastMs: Math.max(0, ...active.map((injection) => injection.removalMs ?? 0)),
      // Should it be proven removed all the same, the ledger says so after this.
      onFailure: (reason) => notRemoved(fault, active, host, `its removal ${reason}`),
    })
  } catch (error) {
    notActive(fault, host, messageOf(error))
    return
  }
  const injected = await inject(fault, active, host)
  // An aborted run leaves the removal to the undo, which goes through all faults, last injected first.
  if (fault.holdMs !== null && injected !== null) await hold(fault, injected, host)
  if (!signal.aborted) await removeNow()
}

/** The injecting call in Unix ms, and who looks after the fault; null where it was not confirmed active. */
interface Injected {
  calledAtMs: number
  held: HeldFault | null
}

/** Until its time is over. A fault that ended by itself is told as soon as that is seen; its undo comes all the same. */
const hold = async (fault: PlannedFault, { calledAtMs, held }: Injected, host: FaultHost): Promise<void> => {
  const { ledger } = host
  const holdMs = fault.holdMs ?? 0
  if (held === null) {
    await sleepUntil(calledAtMs + holdMs, host.signal)
    return
  }
  const untilMs = calledAtMs + holdMs
  const tell = (ended: EndedEarly) => notActive(fault, host, endedText(ended, calledAtMs, holdMs), ended)
  if (!(await held.until(untilMs, host.signal, tell))) return
  const last = await held.lastLook(untilMs, host.signal)
  if (typeof last === 'object') tell(last)
  // An order to stop cuts the look short: that says nothing of the fault.
  else if (last === 'unanswered' && !host.signal.aborted) ledger.append({ type: 'fault.unseen', fault: fault.id })
  await sleepUntil(untilMs, host.signal)
}

/** Injects and confirms; null when the call failed. */
const inject = async (fault: PlannedFault, active: ActiveInjection[], host: FaultHost): Promise<Injected | null> => {
  const { ledger, listener, signal } = host
  const calledAtMs = Date.now()
  try {
    for (const injection of active) await injection.inject(signal)
    const edge = edgeOf(active, 'injected', { calledAtMs, repliedAtMs: Date.now() })
    ledger.append({ type: 'fault.injected', fault: fault.id, ...edge })
    const confirmed = Promise.all(active.map((injection) => injection.confirmActive(signal)))
    const evidence = await Promise.race([confirmed.then(allOf), aborted(signal)])
    if (evidence === null) return null
    if (!evidence.ok) {
      notActive(fault, host, evidence.text)
      return { calledAtMs: edge.calledAtMs, held: null }
    }
    ledger.append({ type: 'fault.active', fault: fault.id, evidence: evidence.text })
    listener.onFault?.(fault, 'active', evidence.text)
    return { calledAtMs: edge.calledAtMs, held: new HeldFault(active.filter(isHeld), Date.now()) }
  } catch (error) {
    // Told to stop while it waited for the fault: nothing is known of it, and nothing is wrong with it.
    if (signal.aborted) return null
    notActive(fault, host, messageOf(error))
    return null
  }
}

const notActive = (
  fault: PlannedFault,
  { ledger, listener }: FaultHost,
  evidence: string,
  ended?: EndedEarly,
): void => {
  const times = ended && { lastSeenAtMs: ended.lastSeenAtMs, goneAtMs: ended.goneAtMs }
  ledger.append({ type: 'fault.notActive', fault: fault.id, evidence, ...times })
  listener.onFault?.(fault, 'notActive', evidence)
}

/** The first and the last moment of all: what a driver knows of its own, else the time around the calls. */
const edgeOf = (active: ActiveInjection[], edge: 'injected' | 'removed', calls: EdgeTimes): EdgeTimes => {
  const known = active.map((injection) => injection.edges?.()[edge] ?? calls)
  return {
    calledAtMs: Math.min(...known.map(({ calledAtMs }) => calledAtMs)),
    repliedAtMs: Math.max(...known.map(({ repliedAtMs }) => repliedAtMs)),
  }
}

const aborted = (signal: AbortSignal): Promise<null> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve(null)
    else signal.addEventListener('abort', () => resolve(null), { once: true })
  })

const removeFault = async (fault: PlannedFault, active: ActiveInjection[], host: FaultHost): Promise<void> => {
  const { ledger, listener } = host
  const held = active.filter(isHeld)
  if (held.length === 0) return
  ledger.append({ type: 'fault.removing', fault: fault.id })
  const calledAtMs = Date.now()
  const undone = await Promise.allSettled(held.map((injection) => injection.undo?.()))
  const edge = edgeOf(held, 'removed', { calledAtMs, repliedAtMs: Date.now() })
  ledger.append({ type: 'fault.removed', fault: fault.id, ...edge })
  const looked = await Promise.all(held.map((injection) => confirmRemoved(injection)))
  const failures = undone.filter((result) => result.status === 'rejected').map((result) => messageOf(result.reason))
  const evidence = allOf([...failures.map((text) => ({ ok: false, text })), ...looked])
  if (!evidence.ok) return notRemoved(fault, active, host, evidence.text)
  ledger.append({ type: 'fault.provenRemoved', fault: fault.id, evidence: evidence.text })
  listener.onFault?.(fault, 'removed', evidence.text)
}

const notRemoved = (fault: PlannedFault, active: ActiveInjection[], host: FaultHost, evidence: string): void => {
  const checkBy = active.filter(isHeld).flatMap((injection) => injection.checkBy)
  host.ledger.append({ type: 'fault.notRemoved', fault: fault.id, evidence, checkBy })
  host.listener.onFault?.(fault, 'notRemoved', evidence)
}

const isHeld = (injection: ActiveInjection): boolean => injection.undo !== undefined

const confirmRemoved = async (injection: ActiveInjection): Promise<Evidence> => {
  try {
    return (await injection.confirmRemoved?.()) ?? { ok: false, text: 'nothing looked whether it is gone' }
  } catch (error) {
    return { ok: false, text: messageOf(error) }
  }
}

const allOf = (evidence: Evidence[]): Evidence => ({
  ok: evidence.every(({ ok }) => ok),
  text: evidence.map(({ text }) => text).join('; '),
})
