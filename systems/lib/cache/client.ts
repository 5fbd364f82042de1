import { CircuitBreaker } from '../circuit-breaker.ts'
import { ResponseError, send } from '../http-client.ts'
import { UnavailableError } from '../http-error.ts'
import { errorFields, type Log } from '../log.ts'

export interface CacheOptions {
  url: string
  timeoutMs: number
  /** What is read stays true for so long at most, when a deletion was missed. */
  ttlMs: number
  /** The weakness `cache-required`: nothing is answered without the cache. */
  required: boolean
  log: Log
}

/** Reads through a cache that may be away: then everything comes from its source, and only the first few calls wait. */
export class Cache {
  #options: CacheOptions
  #breaker: CircuitBreaker

  constructor(options: CacheOptions) {
    this.#options = options
    this.#breaker = new CircuitBreaker({
      failures: 3,
      resetMs: 1000,
      onChange: (state) => options.log.warn('cache breaker', { state }),
    })
  }

  /** The text under this key, from the cache or else from `load`; null is not kept. */
  async read(key: string, load: () => Promise<string | null>): Promise<string | null> {
    const known = await this.#tolerant(() => this.#call('GET', key))
    if (typeof known === 'string') return known
    const text = await load()
    // Nobody waits for the cache to take it.
    if (text !== null && known === null) void this.#tolerant(() => this.#call('PUT', key, text)).catch(() => undefined)
    return text
  }

  /** What the source now says differently. */
  async forget(key: string): Promise<void> {
    await this.#call('DELETE', key).catch((error: unknown) =>
      this.#options.log.warn('cache not told', errorFields(error)),
    )
  }

  /** Undefined when the cache is away. */
  async #tolerant<T>(call: () => Promise<T>): Promise<T | undefined> {
    try {
      return await call()
    } catch (error) {
      if (this.#options.required) throw new UnavailableError('cache', error)
      return undefined
    }
  }

  /** Null: no such key. */
  #call(method: 'GET' | 'PUT' | 'DELETE', key: string, body?: string): Promise<string | null> {
    const { url, timeoutMs, ttlMs } = this.#options
    const target = `${url}/keys/${encodeURIComponent(key)}${method === 'PUT' ? `?ttlMs=${ttlMs}` : ''}`
    return this.#breaker.run(async () => {
      const { status, text } = await send({ method, url: target, timeoutMs, ...(body === undefined ? {} : { body }) })
      if (status === 404) return null
      if (status > 299) throw new ResponseError(target, status)
      return text
    })
  }
}
