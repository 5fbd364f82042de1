export interface GroupWriterOptions<T> {
  /** Writes all items or none. */
  write: (items: T[]) => Promise<void>
  /** How long the first item of a group waits for company. */
  maxWaitMs: number
  maxItems: number
  /** Groups written at the same time. */
  concurrency: number
  /** Items waiting at most; more are refused. */
  maxPending: number
}

/** Thrown when more items wait than the writer may hold. */
export class OverloadedError extends Error {
  constructor(pending: number) {
    super(`${pending} items are waiting to be written`)
    this.name = 'OverloadedError'
  }
}

interface Waiting<T> {
  item: T
  done: () => void
  failed: (error: unknown) => void
}

/** Group commit: many small writes share one statement, and each is confirmed only after it. */
export class GroupWriter<T> {
  #options: GroupWriterOptions<T>
  #pending: Waiting<T>[] = []
  #writing = 0
  #timer: NodeJS.Timeout | undefined

  constructor(options: GroupWriterOptions<T>) {
    this.#options = options
  }

  get pending(): number {
    return this.#pending.length
  }

  /** Resolves when the item is written; rejects with the group's error. */
  add(item: T): Promise<void> {
    if (this.#pending.length >= this.#options.maxPending) {
      return Promise.reject(new OverloadedError(this.#pending.length))
    }
    return new Promise((done, failed) => {
      this.#pending.push({ item, done, failed })
      if (this.#pending.length >= this.#options.maxItems) this.#flush()
      else this.#timer ??= setTimeout(() => this.#flush(), this.#options.maxWaitMs)
    })
  }

  #flush(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    while (this.#pending.length > 0 && this.#writing < this.#options.concurrency) {
      void this.#write(this.#pending.splice(0, this.#options.maxItems))
    }
  }

  async #write(group: Waiting<T>[]): Promise<void> {
    this.#writing++
    try {
      await this.#options.write(group.map(({ item }) => item))
      for (const { done } of group) done()
    } catch (error) {
      for (const { failed } of group) failed(error)
    } finally {
      this.#writing--
      if (this.#pending.length > 0) this.#flush()
    }
  }
}
