import type { RunEvent } from '../model/event.ts'

/** What is known of the events so far, to tell whether the next one can come now. */
export interface EventOrder {
  /** Number of the last event that had one; `tail` once one without came after it. */
  last: number | null
  tail: boolean
  atMs: number
  events: number
  counts: Map<string, number>
  phase: number
  /** By fault: the events that came of it. */
  faults: Map<string, Set<string>>
  /** What does not fit, the first few. */
  reasons: string[]
}

export const newOrder = (): EventOrder => ({
  ...{ last: null, tail: false, atMs: Number.NEGATIVE_INFINITY, events: 0 },
  ...{ counts: new Map(), phase: -1, faults: new Map(), reasons: [] },
})

const once = ['run.started', 'load.started', 'load.ended', 'audit.done', 'run.ended']
const phases = ['warmUp', 'steady', 'faults', 'recovery', 'audit']
/** Events are written by one process by its clock; steps of it beyond this end a run. */
const backMs = 1000
const mostReasons = 5

/** What must have come before, of the same fault. */
const before: Record<string, string> = {
  'fault.injected': 'fault.injecting',
  'fault.active': 'fault.injecting',
  'fault.removed': 'fault.injecting',
}

/** Takes the next event; what does not fit stands in `order.reasons`. */
export const addToOrder = (order: EventOrder, event: RunEvent): void => {
  const wrong = (reason: string) => void (order.reasons.length < mostReasons && order.reasons.push(reason))
  checkNumber(order, event, wrong)
  const seen = (type: string) => order.counts.get(type) ?? 0
  if (order.events++ === 0 && event.type !== 'run.started') wrong(`the first event is ${event.type}`)
  order.counts.set(event.type, seen(event.type) + 1)
  if (once.includes(event.type) && seen(event.type) > 1) wrong(`${event.type} is there ${seen(event.type)} times`)
  if (event.atMs < order.atMs - backMs) wrong(`${event.type} lies before the event that it follows`)
  order.atMs = Math.max(order.atMs, event.atMs)
  if (event.type === 'load.ended' && seen('load.started') === 0) wrong('load.ended without load.started')
  if (seen('run.ended') > 0 && /^(load|phase|fault\.inject)/.test(event.type)) wrong(`${event.type} after run.ended`)
  if (event.type === 'phase.started') {
    const phase = phases.indexOf(event.phase)
    if (phase <= order.phase) wrong(`phase ${event.phase} begins after ${phases[order.phase]}`)
    order.phase = Math.max(order.phase, phase)
  }
  if ('fault' in event) checkFault(order, event, wrong)
}

const checkNumber = (order: EventOrder, { seq, type }: RunEvent, wrong: (reason: string) => void): void => {
  if (seq === undefined) {
    order.tail = order.last !== null
    return
  }
  const expected = (order.last ?? 0) + 1
  if (order.tail || (order.last === null && order.events > 0))
    wrong(`${type} has a number, unlike the events before it`)
  else if (seq < expected) wrong(`event ${seq} (${type}) is there again`)
  else if (seq > expected) wrong(`event ${expected} is missing`)
  order.last = seq
}

const checkFault = (
  order: EventOrder,
  event: Extract<RunEvent, { fault: string }>,
  wrong: (reason: string) => void,
): void => {
  const of = order.faults.get(event.fault) ?? new Set()
  order.faults.set(event.fault, of)
  const needed = before[event.type]
  if (needed !== undefined && !of.has(needed)) wrong(`${event.type} of ${event.fault} without ${needed}`)
  if (/injecting|injected|fault\.removed/.test(event.type) && of.has(event.type))
    wrong(`${event.type} of ${event.fault} is there twice`)
  if (event.type === 'fault.injected' && of.has('fault.removed')) wrong(`${event.fault} is injected after its removal`)
  if ('calledAtMs' in event && event.calledAtMs > event.repliedAtMs)
    wrong(`${event.type} of ${event.fault} was answered before it was called`)
  of.add(event.type)
}
