import { errorFields, type Log } from './log.ts'

const waitMs = 1500

/**
 * The weakness `ack-before-store`: what was acknowledged waits in memory for 1.5 s. What waits when
 * the process is killed is gone. Until then nobody can tell: reads and changes look here, too.
 */
export class EarlyAck<T> {
  #waiting = new Map<string, T>()
  #store: (item: T) => Promise<unknown>
  #log: Log

  constructor(store: (item: T) => Promise<unknown>, log: Log) {
    this.#store = store
    this.#log = log
  }

  /** One that waits already is replaced, and waits no longer for that. */
  add(id: string, item: T): void {
    if (!this.#waiting.has(id)) setTimeout(() => void this.flush([id]), waitMs)
    this.#waiting.set(id, item)
  }

  find(id: string): T | undefined {
    return this.#waiting.get(id)
  }

  /** Stores those of the ids that wait; all unless told. */
  async flush(ids: readonly string[] = [...this.#waiting.keys()]): Promise<void> {
    for (const id of ids) {
      const item = this.#waiting.get(id)
      if (item === undefined) continue
      await this.#store(item).catch((error: unknown) =>
        this.#log.error('acknowledged, and not stored', { id, ...errorFields(error) }),
      )
      this.#waiting.delete(id)
    }
  }
}
