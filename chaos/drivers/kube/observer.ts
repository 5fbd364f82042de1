import { setTimeout as delay } from 'node:timers/promises'
import { messageOf } from '../../../model/errors.ts'
import type { ChaosEvent, ChaosObject, FaultEdges, Observed, Seen } from '../../mesh/edges.ts'
import { edgesOf, eventTimeMs, nothingSeen, observe } from '../../mesh/edges.ts'
import { hasStatus, type KubeApi } from './api.ts'
import type { ClusterClock } from './clock.ts'
import { experimentPath } from './names.ts'

interface List {
  metadata: { resourceVersion: string }
  items: ChaosObject[]
}

type WatchLine =
  | { type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK'; object: ChaosObject }
  | { type: 'ERROR'; object: { code?: number; message?: string } }

/** Between two tries to reach an API server that is away. */
const againAfterMs = 250
/** Events are written after what they tell of, by another call. */
const eventsAfterMs = 2_000

/**
 * Follows one experiment from before its creation to its end. A watch that ends is taken up where it ended; one
 * whose place is too old (410 Gone), or whose server was away, begins anew with a list.
 */
export class Observer {
  #api: KubeApi
  #clock: ClusterClock
  #namespace: string
  #kind: string
  #name: string
  #observed: Observed = nothingSeen
  #stopping = new AbortController()
  #waiting = new Set<() => void>()
  /** What last went wrong in watching; null while all is well. */
  trouble: string | null = null
  /** What last went wrong in reading the Events: the watch sees the experiment all the same. */
  eventsTrouble: string | null = null

  constructor(api: KubeApi, clock: ClusterClock, resource: { namespace: string; kind: string; name: string }) {
    this.#api = api
    this.#clock = clock
    this.#namespace = resource.namespace
    this.#kind = resource.kind
    this.#name = resource.name
  }

  get edges(): FaultEdges {
    return edgesOf(this.#observed)
  }

  get observed(): Observed {
    return this.#observed
  }

  start(): void {
    void this.#follow()
  }

  stop(): void {
    this.#stopping.abort()
  }

  /** Waits until the state fits; false when the deadline came first, or the signal. */
  async until(
    fits: (edges: FaultEdges, observed: Observed) => boolean,
    deadlineMs: number,
    signal?: AbortSignal,
  ): Promise<boolean> {
    const timeout = AbortSignal.timeout(deadlineMs)
    const ends = signal === undefined ? timeout : AbortSignal.any([timeout, signal])
    while (!fits(this.edges, this.#observed)) {
      if (ends.aborted) return false
      await new Promise<void>((resolve) => {
        const wake = () => {
          this.#waiting.delete(wake)
          ends.removeEventListener('abort', wake)
          resolve()
        }
        this.#waiting.add(wake)
        ends.addEventListener('abort', wake, { once: true })
      })
    }
    return true
  }

  /**
   * Reads the Events about it, until they fit or a little time has passed: they are told apart from the status, and
   * not everyone may read them. What they would add (exact times) then comes from the records, in whole seconds.
   */
  async readEvents(fits: (edges: FaultEdges) => boolean): Promise<void> {
    const end = Date.now() + eventsAfterMs
    for (;;) {
      try {
        const fieldSelector = `involvedObject.kind=${this.#kind},involvedObject.name=${this.#name}`
        const path = `/api/v1/namespaces/${this.#namespace}/events`
        const { items } = await this.#api.get<{ items: ChaosEvent[] }>(path, { fieldSelector })
        for (const event of items) this.#see({ type: 'EVENT', event })
        this.eventsTrouble = null
      } catch (error) {
        this.eventsTrouble = messageOf(error)
      }
      if (fits(this.edges) || Date.now() >= end) return
      await delay(100)
    }
  }

  async #follow(): Promise<void> {
    const { signal } = this.#stopping
    while (!signal.aborted) {
      try {
        await this.#watch(await this.#list(), signal)
      } catch (error) {
        if (signal.aborted) return
        this.trouble = messageOf(error)
        await delay(againAfterMs, undefined, { signal }).catch(() => {})
      }
    }
  }

  /** The state now, and the place at which a watch goes on from there. */
  async #list(): Promise<string> {
    const path = experimentPath(this.#namespace, this.#kind)
    const { metadata, items } = await this.#api.get<List>(path, { fieldSelector: `metadata.name=${this.#name}` })
    const [object] = items
    if (object) this.#see({ type: 'ADDED', object })
    else this.#see({ type: 'MISSING' })
    this.trouble = null
    return metadata.resourceVersion
  }

  async #watch(from: string, signal: AbortSignal): Promise<void> {
    let resourceVersion = from
    const path = experimentPath(this.#namespace, this.#kind)
    while (!signal.aborted) {
      const query = {
        fieldSelector: `metadata.name=${this.#name}`,
        allowWatchBookmarks: true,
        timeoutSeconds: 60,
        resourceVersion,
      }
      try {
        for await (const line of this.#api.watch<WatchLine>(path, query, signal)) {
          if (line.type === 'ERROR') {
            if (line.object.code === 410) return
            throw new Error(line.object.message ?? 'the watch failed')
          }
          resourceVersion = line.object.metadata.resourceVersion ?? resourceVersion
          if (line.type !== 'BOOKMARK') this.#see({ type: line.type, object: line.object })
        }
      } catch (error) {
        if (hasStatus(error, 410)) return
        throw error
      }
    }
  }

  #see(seen: Seen): void {
    const before = this.#observed
    this.#observed = observe(before, seen)
    if (this.#observed === before) return
    for (const wake of [...this.#waiting]) wake()
  }

  /** Events of the time since the experiment was asked for tell how the clocks differ. */
  compareClocks(calledAtMs: number, seenAtMs: number): void {
    for (const event of this.#observed.events) {
      const atMs = eventTimeMs(event)
      if (atMs !== null) this.#clock.compare({ atMs, withinMs: 0 }, { calledAtMs, seenAtMs })
    }
  }
}
