import { setTimeout as sleep } from 'node:timers/promises'
import { errorFields, type Log } from '../../lib/log.ts'
import type { Database } from '../../lib/postgres.ts'
import type { WorkQueue } from '../../lib/work-queue.ts'

const unpublished = `
  select id, requeues from batches where published_at is null order by created_at limit 200`
const markPublished = `
  update batches set published_at = now()
  from unnest($1::text[], $2::integer[]) as published (id, requeues)
  where batches.id = published.id and batches.requeues = published.requeues`

export interface OutboxOptions {
  database: Database
  queue: WorkQueue
  log: Log
  /** How often to look without being asked: for what a crash or a lost queue left behind. */
  everyMs: number
}

/**
 * Tells the queue of every stored batch, at least once: a batch is committed with its place in the
 * outbox, so neither a crash nor an unreachable queue loses it, and a client need not wait for the
 * queue. Publishing twice is harmless: the queue drops a message id that it knows, and a worker
 * leaves a batch alone that is complete.
 */
export class Outbox {
  #options: OutboxOptions
  #wake: (() => void) | undefined
  #asked = false
  #stopping = new AbortController()

  constructor(options: OutboxOptions) {
    this.#options = options
  }

  /** Something was stored. */
  kick(): void {
    this.#asked = true
    this.#wake?.()
  }

  async run(): Promise<void> {
    const { log, everyMs } = this.#options
    let failing = false
    while (!this.#stopping.signal.aborted) {
      this.#asked = false
      try {
        while ((await this.#publishSome()) > 0) failing = false
        failing = false
      } catch (error) {
        if (!failing) log.warn('outbox: cannot publish, trying again', errorFields(error))
        failing = true
      }
      // While it fails a kick means nothing: every new batch would hit the same wall.
      await this.#pause(failing ? 250 : everyMs, !failing)
    }
  }

  async #publishSome(): Promise<number> {
    const { database, queue } = this.#options
    const rows = await database.query<{ id: string; requeues: number }>(unpublished)
    if (rows.length === 0) return 0
    await Promise.all(rows.map(({ id, requeues }) => queue.publish(id, `${id}/${requeues}`)))
    await database.query(markPublished, [rows.map(({ id }) => id), rows.map(({ requeues }) => requeues)])
    return rows.length
  }

  async #pause(ms: number, wakeable: boolean): Promise<void> {
    if (wakeable && this.#asked) return
    const pause = new AbortController()
    const signal = AbortSignal.any([pause.signal, this.#stopping.signal])
    if (wakeable) this.#wake = () => pause.abort()
    await sleep(ms, undefined, { signal }).catch(() => undefined)
    this.#wake = undefined
  }

  stop(): void {
    this.#stopping.abort()
  }
}
