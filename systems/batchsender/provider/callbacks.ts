import { retry } from '../../lib/backoff.ts'
import { isTransient, postJson } from '../../lib/http-client.ts'
import { errorFields, type Log } from '../../lib/log.ts'
import { sign } from '../../lib/signature.ts'

export interface CallbackOptions {
  url: string
  secret: string
  perSecond: number
  timeoutMs: number
  log: Log
}

const maxWaiting = 1000

/** Reports deliveries to the webhook of the sender, signed, at a bounded rate; what does not fit is dropped and counted. */
export class Callbacks {
  #options: CallbackOptions
  #waiting: string[] = []
  #timer: NodeJS.Timeout | undefined
  sent = 0
  failed = 0
  dropped = 0

  constructor(options: CallbackOptions) {
    this.#options = options
    if (options.perSecond > 0) {
      this.#timer = setInterval(() => void this.#sendNext(), 1000 / options.perSecond)
    }
  }

  get waiting(): number {
    return this.#waiting.length
  }

  /** Messages by the sender's reference. */
  delivered(refs: string[]): void {
    const room = Math.max(0, maxWaiting - this.#waiting.length)
    this.#waiting.push(...refs.slice(0, room))
    this.dropped += Math.max(0, refs.length - room)
  }

  async #sendNext(): Promise<void> {
    const ref = this.#waiting.shift()
    if (ref === undefined) return
    const { url, secret, timeoutMs, log } = this.#options
    const body = JSON.stringify({ id: `${ref}/delivered`, type: 'delivered', message: ref })
    const headers = { 'x-signature': sign(secret, body) }
    try {
      await retry(() => postJson(url, body, { timeoutMs, headers }), {
        retries: 3,
        firstDelayMs: 1000,
        maxDelayMs: 10_000,
        retriable: isTransient,
      })
      this.sent++
    } catch (error) {
      this.failed++
      log.warn('callback failed', { ref, ...errorFields(error) })
    }
  }

  stop(): void {
    clearInterval(this.#timer)
  }
}
