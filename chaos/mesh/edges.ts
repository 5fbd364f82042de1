import type { Conditions, ContainerRecords, Experiment, Metadata } from '../crds/chaos-mesh.ts'

/** What is read of a resource of any experiment kind, as the API server gives it. */
export interface ChaosObject {
  metadata: Metadata
  status?: { conditions?: Conditions[]; experiment?: Experiment }
}

/** What is read of an Event (core/v1) about it. */
export interface ChaosEvent {
  metadata: { name?: string }
  type?: string
  reason?: string
  message?: string
}

/** A line of a watch on the resource, or on the Events about it; `MISSING`: a new list no longer holds it. */
export type Seen =
  | { type: 'ADDED' | 'MODIFIED' | 'DELETED'; object: ChaosObject }
  | { type: 'MISSING' }
  | { type: 'EVENT'; event: ChaosEvent }

/** All that was seen of one resource. Its records hold their own past, so versions may be missed in between. */
export interface Observed {
  object: ChaosObject | null
  gone: boolean
  events: ChaosEvent[]
}

export const nothingSeen: Observed = { object: null, gone: false, events: [] }

/** Adds one line to what was seen. Lines may come again (a watch that reconnects); older versions are ignored. */
export const observe = (before: Observed, seen: Seen): Observed => {
  switch (seen.type) {
    case 'EVENT': {
      const isKnown = before.events.some(({ metadata }) => metadata.name === seen.event.metadata.name)
      return isKnown ? before : { ...before, events: [...before.events, seen.event] }
    }
    case 'MISSING':
      return { ...before, gone: before.object !== null }
    default:
      return isOlder(seen.object, before.object)
        ? before
        : { ...before, object: seen.object, gone: before.gone || seen.type === 'DELETED' }
  }
}

const isOlder = (object: ChaosObject, known: ChaosObject | null): boolean =>
  Number(object.metadata.resourceVersion) < Number(known?.metadata.resourceVersion)

/** By the cluster's clock. The true time lies between `atMs` and `atMs + withinMs`: 0 from an Event, 1000 from a record. */
export interface Edge {
  atMs: number
  withinMs: number
}

/** From injection to removal; there are several when the experiment was paused in between. */
export interface FaultWindow {
  /** The first of its pods has the fault, and all have it; null when the record no longer says when. */
  firstApplied: Edge | null
  applied: Edge | null
  /** The last of its pods is rid of it; null while one has it. */
  recovered: Edge | null
}

export type FaultState =
  /** No pod is selected yet; it stays so when none fits. */
  | 'pending'
  /** Pods are selected, and not all have the fault. */
  | 'selected'
  | 'injected'
  | 'paused'
  /** To be removed, and not yet removed from every pod. */
  | 'removing'
  | 'removed'
  /** The resource is gone and nothing says that the pods are rid of the fault: it was forced, or nobody looked. */
  | 'lost'

export interface FaultEdges {
  state: FaultState
  /** `namespace/pod` or `namespace/pod/container`, as first selected; later pods are not hit. */
  targets: string[]
  windows: FaultWindow[]
  /** Why it is not injected or removed where it should be, in Chaos Mesh's words; null when nothing says so. */
  problem: string | null
}

/** What the fault is doing, and when its edges were. */
export const edgesOf = (observed: Observed): FaultEdges => {
  const records = recordsOf(observed)
  const windows = Array.from({ length: Math.max(0, ...records.map(({ injectedCount }) => injectedCount)) }, (_, i) =>
    windowOf(records, i, observed.events),
  )
  const state = stateOf(observed, records)
  const isDone = state === 'injected' || state === 'paused' || state === 'removed'
  return { state, targets: records.map(({ id }) => id), windows, problem: isDone ? null : problemOf(observed, records) }
}

const recordsOf = ({ object }: Observed): ContainerRecords[] => object?.status?.experiment?.containerRecords ?? []

const stateOf = (observed: Observed, records: ContainerRecords[]): FaultState => {
  const { object, gone, events } = observed
  if (object === null) return 'pending'
  const isRecovered = records.every((record) => isRid(record) || (gone && eventsSay(record, events)))
  if (gone) return isRecovered ? 'removed' : 'lost'
  const { deletionTimestamp, annotations } = object.metadata
  if (object.status?.experiment?.desiredPhase === 'Stop') {
    // Without records a first injection may be under way: only the end of the resource tells.
    if (!isRecovered || records.length === 0) return 'removing'
    if (deletionTimestamp !== undefined) return 'removed'
    // Between a pause and its end all looks as after a removal, except for these two.
    const isPaused = annotations?.[pauseAnnotation] === 'true' || is(object, 'Paused')
    if (isPaused) return 'paused'
    return is(object, 'AllRecovered') ? 'removed' : 'removing'
  }
  const isInjected = records.length > 0 && records.every(({ phase }) => phase === 'Injected')
  if (isInjected && is(object, 'Selected') && is(object, 'AllInjected')) return 'injected'
  return records.length > 0 ? 'selected' : 'pending'
}

const pauseAnnotation = 'experiment.chaos-mesh.org/pause'

const is = ({ status }: ChaosObject, type: 'Selected' | 'AllInjected' | 'AllRecovered' | 'Paused'): boolean =>
  status?.conditions?.some((condition) => condition.type === type && condition.status === 'True') ?? false

/** Its pod has no fault, or never had one: `Not Injected/Wait` may be half of an injection. */
const isRid = ({ phase, injectedCount, recoveredCount }: ContainerRecords): boolean =>
  phase === 'Not Injected' && recoveredCount >= injectedCount

/** The Events tell of as many removals as the record of injections. */
const eventsSay = ({ id, injectedCount }: ContainerRecords, events: ChaosEvent[]): boolean =>
  injectedCount > 0 && exactTimes(events, 'Recover', id).length >= injectedCount

type Operation = 'Apply' | 'Recover'

const windowOf = (records: ContainerRecords[], index: number, events: ChaosEvent[]): FaultWindow => {
  const edges = (operation: Operation): (Edge | null)[] =>
    records
      .filter(({ injectedCount }) => injectedCount > index)
      .map((record) => edgeOf(record, operation, index, events))
  const applied = edges('Apply')
  return { firstApplied: first(applied), applied: last(applied), recovered: last(edges('Recover')) }
}

/** One that is not known could be the first, and the last. */
const first = (edges: (Edge | null)[]): Edge | null =>
  edges.reduce((a, b) => (a === null || b === null ? null : a.atMs <= b.atMs ? a : b), edges[0] ?? null)
const last = (edges: (Edge | null)[]): Edge | null =>
  edges.reduce((a, b) => (a === null || b === null ? null : endOf(a) >= endOf(b) ? a : b), edges[0] ?? null)
const endOf = ({ atMs, withinMs }: Edge): number => atMs + withinMs

/** The injection or removal of that number (from 0) of one pod. */
const edgeOf = (record: ContainerRecords, operation: Operation, index: number, events: ChaosEvent[]): Edge | null => {
  const count = operation === 'Apply' ? record.injectedCount : record.recoveredCount
  const seconds = (record.events ?? [])
    .filter((entry) => entry.type === 'Succeeded' && entry.operation === operation)
    .map(({ timestamp }) => Date.parse(timestamp ?? ''))
  // A record keeps its newest entries only (20 of them).
  const atMs = index < count ? seconds[index - (count - seconds.length)] : undefined
  const exact = exactTimes(events, operation, record.id)
  // What the record does not say (any more, or because it went with its resource) the Events may say.
  if (atMs === undefined) return exact[index] === undefined ? null : { atMs: exact[index], withinMs: 0 }
  const [nearest] = exact
    .filter((time) => distance(time, atMs) < 1_000)
    .toSorted((x, y) => distance(x, atMs) - distance(y, atMs))
  return nearest === undefined ? { atMs, withinMs: 1_000 } : { atMs: nearest, withinMs: 0 }
}

/** How far a time lies outside of the second that begins at `secondMs`. */
const distance = (atMs: number, secondMs: number): number => Math.max(secondMs - atMs, atMs - (secondMs + 1_000), 0)

const reasons = { Apply: 'Applied', Recover: 'Recovered' } as const

/** Times at which Chaos Mesh said that it did this to that pod. */
const exactTimes = (events: ChaosEvent[], operation: Operation, id: string): number[] =>
  events
    .filter(({ reason, message }) => reason === reasons[operation] && message?.endsWith(` for ${id}`))
    .flatMap((event) => eventTimeMs(event) ?? [])
    .toSorted((a, b) => a - b)

/** The exact Unix ms of an Event of Chaos Mesh: its name ends in the hexadecimal nanoseconds. Null for other names. */
export const eventTimeMs = ({ metadata }: ChaosEvent): number | null => {
  const hex = /\.([0-9a-f]{15,16})$/.exec(metadata.name ?? '')?.[1]
  return hex === undefined ? null : Number(BigInt(`0x${hex}`) / 1_000n) / 1_000
}

const problemOf = ({ events }: Observed, records: ContainerRecords[]): string | null => {
  const failures = records.flatMap(({ id, events: entries = [] }) => {
    const newest = entries.at(-1)
    return newest?.type === 'Failed' ? [`${id}: ${newest.message ?? newest.operation}`] : []
  })
  if (failures.length > 0) return failures.join('; ')
  const warnings = events
    .filter(({ type, reason }) => type === 'Warning' && reason === 'Failed')
    .toSorted((a, b) => (eventTimeMs(a) ?? 0) - (eventTimeMs(b) ?? 0))
  return warnings.at(-1)?.message ?? null
}
