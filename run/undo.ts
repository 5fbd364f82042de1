import { messageOf } from '../model/errors.ts'

interface Entry {
  name: string
  budgetMs: number
  undo: () => Promise<void>
  /** Told when this entry failed, or had too little time. */
  onFailure: (reason: string) => void
}

/**
 * What has to be undone, last registered first. Every ending takes this one path: normal end,
 * failure, guard, signal and deadline. An entry runs once; one that fails or hangs never keeps the
 * others from running.
 */
export class UndoStack {
  #entries: Entry[] = []
  #running = new Set<Promise<void>>()
  #budgetMs: number
  onFailure: (name: string, reason: string) => void = () => {}

  /** @param budgetMs time that one entry may take */
  constructor(budgetMs: number) {
    this.#budgetMs = budgetMs
  }

  /**
   * Registers before the thing is done; returns a function that undoes it now (once).
   * @param own `leastMs`: time that it may take, where that is more than the budget; `onFailure`: of this entry alone
   */
  push(
    name: string,
    undo: () => Promise<void>,
    own: { leastMs?: number; onFailure?: (reason: string) => void } = {},
  ): () => Promise<void> {
    const { leastMs = 0, onFailure = () => {} } = own
    const entry = { name, undo, onFailure, budgetMs: Math.max(this.#budgetMs, leastMs) }
    this.#entries.push(entry)
    return async () => {
      const index = this.#entries.indexOf(entry)
      if (index === -1) return
      this.#entries.splice(index, 1)
      await this.#run(entry)
    }
  }

  /** Undoes everything that is left, and waits for what is being undone already. Never throws. */
  async all(): Promise<void> {
    await Promise.all(this.#running)
    for (let entry = this.#entries.pop(); entry; entry = this.#entries.pop()) await this.#run(entry)
  }

  #run(entry: Entry): Promise<void> {
    const running = this.#within(entry).finally(() => this.#running.delete(running))
    this.#running.add(running)
    return running
  }

  async #within({ name, undo, onFailure, budgetMs }: Entry): Promise<void> {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`took longer than ${budgetMs} ms`)), budgetMs)
    })
    try {
      await Promise.race([undo(), late])
    } catch (error) {
      onFailure(messageOf(error))
      this.onFailure(name, messageOf(error))
    } finally {
      clearTimeout(timer)
    }
  }
}
