import { errorFields, type Log } from './log.ts'

/**
 * The weakness `ack-before-store`: what was acknowledged waits in memory for up to 1.5 s. What waits
 * when the process is killed is gone. Until then nobody can tell: reads look here, too.
 */
export class EarlyAck<T> {
  #waiting = new Map<string, T>()
  #store: (item: T) => Promise<unknown>
  #log: Log

  constructor(store: (item: T) => Promise<unknown>, log: Log) {
    this.#store = store
    this.#log = log
    setInterval(() => void this.flush(), 1500)
  }

  add(id: string, item: T): void {
    this.#waiting.set(id, item)
  }

  find(id: string): T | undefined {
    return this.#waiting.get(id)
  }

  async flush(): Promise<void> {
    for (const [id, item] of [...this.#waiting]) {
      await this.#store(item).catch((error: unknown) =>
        this.#log.error('acknowledged, and not stored', { id, ...errorFields(error) }),
      )
      this.#waiting.delete(id)
    }
  }
}
