export type BreakerState = 'closed' | 'open' | 'half-open'

export interface BreakerOptions {
  /** Failures in a row that open it. */
  failures: number
  /** How long it stays open before one trial call is let through. */
  resetMs: number
  now?: () => number
  onChange?: (state: BreakerState) => void
}

/** Thrown instead of a call while the breaker is open. */
export class CircuitOpenError extends Error {
  readonly retryInMs: number

  constructor(retryInMs: number) {
    super(`circuit breaker is open for another ${Math.ceil(retryInMs)} ms`)
    this.name = 'CircuitOpenError'
    this.retryInMs = retryInMs
  }
}

/** Stops calling a dependency that keeps failing; after `resetMs` a single trial decides whether to go on. */
export class CircuitBreaker {
  #options: BreakerOptions
  #now: () => number
  #state: BreakerState = 'closed'
  #failuresInRow = 0
  #openedAtMs = 0

  constructor(options: BreakerOptions) {
    this.#options = options
    this.#now = options.now ?? Date.now
  }

  get state(): BreakerState {
    return this.#state
  }

  /** @throws CircuitOpenError without calling while open, or while another trial is under way. */
  async run<T>(call: () => Promise<T>): Promise<T> {
    const trial = this.#admit()
    try {
      const result = await call()
      // A slow call that began before the breaker opened says nothing about now.
      if (trial || this.#state === 'closed') this.#succeeded()
      return result
    } catch (error) {
      if (trial || this.#state === 'closed') this.#failed(trial)
      throw error
    }
  }

  #admit(): boolean {
    if (this.#state === 'closed') return false
    const retryInMs = this.#openedAtMs + this.#options.resetMs - this.#now()
    if (this.#state === 'half-open') throw new CircuitOpenError(Math.max(100, retryInMs))
    if (retryInMs > 0) throw new CircuitOpenError(retryInMs)
    this.#become('half-open')
    return true
  }

  #succeeded(): void {
    this.#failuresInRow = 0
    this.#become('closed')
  }

  #failed(trial: boolean): void {
    this.#failuresInRow++
    if (!trial && this.#failuresInRow < this.#options.failures) return
    this.#openedAtMs = this.#now()
    this.#become('open')
  }

  #become(state: BreakerState): void {
    if (state === this.#state) return
    this.#state = state
    this.#options.onChange?.(state)
  }
}
