import { errorFields, type Log } from '../../lib/log.ts'
import type { BatchStore, BatchView } from './batch-store.ts'
import type { NewBatch } from './new-batch.ts'

const waitMs = 1500

/**
 * The weakness `ack-before-store`: batches wait in memory for 1.5 s after they were
 * acknowledged. What waits when the process is killed is gone. Until then nobody can tell: reads
 * see what waits, too.
 */
export class EarlyAck {
  #waiting = new Map<string, { batch: NewBatch; createdAt: string }>()
  #store: BatchStore
  #log: Log
  #stored: () => void

  constructor(store: BatchStore, log: Log, stored: () => void) {
    this.#store = store
    this.#log = log
    this.#stored = stored
  }

  add(batch: NewBatch): void {
    if (!this.#waiting.has(batch.id)) setTimeout(() => void this.flush([batch.id]), waitMs)
    this.#waiting.set(batch.id, { batch, createdAt: new Date().toISOString() })
  }

  /** Those of the ids that wait. */
  find(ids: string[]): BatchView[] {
    return ids.flatMap((id) => {
      const waiting = this.#waiting.get(id)
      if (!waiting) return []
      const { batch, createdAt } = waiting
      return [{ id, status: 'queued', total: batch.recipients.length, sent: 0, createdAt, completedAt: null }]
    })
  }

  /** Stores those of the ids that wait; all unless told. */
  async flush(ids: readonly string[] = [...this.#waiting.keys()]): Promise<void> {
    for (const id of ids) {
      const waiting = this.#waiting.get(id)
      if (!waiting) continue
      try {
        await this.#store.add(waiting.batch)
        this.#stored()
      } catch (error) {
        this.#log.error('acknowledged batch not stored', { id, ...errorFields(error) })
      }
      this.#waiting.delete(id)
    }
  }
}
