import { errorFields, type Log } from './log.ts'
import { pause } from './pause.ts'

export interface OutboxOptions {
  /** Publishes some of what is stored and not published yet, and marks it; how much it was. */
  publishSome: () => Promise<number>
  log: Log
  /** How often to look without being asked: for what a crash or a lost queue left behind. */
  everyMs: number
}

/**
 * Tells the queue of everything that was stored, at least once: what is stored is committed with its
 * place in the outbox, so neither a crash nor an unreachable queue loses it, and a client need not wait
 * for the queue.
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
    const { log, everyMs, publishSome } = this.#options
    let failing = false
    while (!this.#stopping.signal.aborted) {
      this.#asked = false
      try {
        while ((await publishSome()) > 0) failing = false
        failing = false
      } catch (error) {
        if (!failing) log.warn('outbox: cannot publish, trying again', errorFields(error))
        failing = true
      }
      // While it fails a kick means nothing: every new item would hit the same wall.
      await this.#pause(failing ? 250 : everyMs, !failing)
    }
  }

  async #pause(ms: number, wakeable: boolean): Promise<void> {
    if (wakeable && this.#asked) return
    const waking = new AbortController()
    if (wakeable) this.#wake = () => waking.abort()
    await pause(ms, AbortSignal.any([waking.signal, this.#stopping.signal]))
    this.#wake = undefined
  }

  stop(): void {
    this.#stopping.abort()
  }
}
