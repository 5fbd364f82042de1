import { errorFields, type Log } from '../../lib/log.ts'
import type { BatchStore } from './batch-store.ts'
import type { NewBatch } from './new-batch.ts'

/**
 * The weakness `ack-before-store`: batches wait in memory for up to 1.5 s after they were
 * acknowledged. What waits when the process is killed is gone.
 */
export class EarlyAck {
  #waiting: NewBatch[] = []
  #store: BatchStore
  #log: Log
  #stored: () => void

  constructor(store: BatchStore, log: Log, stored: () => void) {
    this.#store = store
    this.#log = log
    this.#stored = stored
    setInterval(() => void this.flush(), 1500)
  }

  add(batch: NewBatch): void {
    this.#waiting.push(batch)
  }

  async flush(): Promise<void> {
    for (const batch of this.#waiting.splice(0)) {
      try {
        await this.#store.add(batch)
        this.#stored()
      } catch (error) {
        this.#log.error('acknowledged batch not stored', { id: batch.id, ...errorFields(error) })
      }
    }
  }
}
