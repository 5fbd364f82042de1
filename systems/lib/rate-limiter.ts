export interface RateLimiterOptions {
  limit: number
  windowMs: number
  now?: () => number
}

/** `retryAfterMs` is null when the request may pass. */
export interface RateDecision {
  retryAfterMs: number | null
}

/**
 * Sliding-window counter per key: the count of the current window plus the share of the previous
 * one that a window ending now still covers. Refused requests do not count. Keys that fall silent
 * are forgotten with their window, so memory is bounded by the keys of two windows.
 */
export class RateLimiter {
  #limit: number
  #windowMs: number
  #now: () => number
  #windowStartMs: number
  #current = new Map<string, number>()
  #previous = new Map<string, number>()

  constructor({ limit, windowMs, now = Date.now }: RateLimiterOptions) {
    this.#limit = limit
    this.#windowMs = windowMs
    this.#now = now
    this.#windowStartMs = now()
  }

  take(key: string): RateDecision {
    const now = this.#now()
    this.#roll(now)
    const current = this.#current.get(key) ?? 0
    const previous = this.#previous.get(key) ?? 0
    const intoWindowMs = now - this.#windowStartMs
    const used = current + previous * (1 - intoWindowMs / this.#windowMs)
    if (used + 1 <= this.#limit) {
      this.#current.set(key, current + 1)
      return { retryAfterMs: null }
    }
    // When the previous window's share has shrunk enough, or else at the end of this window.
    const room = this.#limit - 1 - current
    const untilRoomMs =
      room >= 0 && previous > 0 ? this.#windowMs * (1 - room / previous) - intoWindowMs : this.#windowMs - intoWindowMs
    return { retryAfterMs: Math.max(1, untilRoomMs) }
  }

  #roll(now: number): void {
    const windows = Math.floor((now - this.#windowStartMs) / this.#windowMs)
    if (windows <= 0) return
    this.#previous = windows === 1 ? this.#current : new Map()
    this.#current = new Map()
    this.#windowStartMs += windows * this.#windowMs
  }
}
