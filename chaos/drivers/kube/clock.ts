/** How far the cluster's clock is ahead of this machine's: `aheadMs`, give or take `withinMs`. */
export interface ClockDifference {
  aheadMs: number
  withinMs: number
}

/**
 * The difference between the cluster's clock and this machine's, from things that happened there between two moments
 * here. Every comparison narrows it; one that contradicts the earlier ones (clocks of several nodes, a clock that was
 * set) replaces them.
 */
export class ClusterClock {
  #low = Number.NEGATIVE_INFINITY
  #high = Number.POSITIVE_INFINITY
  /** Comparisons that did not fit the ones before. */
  contradictions = 0

  /**
   * @param there the time by the cluster's clock: `atMs` to `atMs + withinMs`
   * @param here moments of this machine before and after it
   */
  compare(there: { atMs: number; withinMs: number }, here: { calledAtMs: number; seenAtMs: number }): void {
    const low = there.atMs - here.seenAtMs
    const high = there.atMs + there.withinMs - here.calledAtMs
    if (low > this.#high || high < this.#low) {
      this.contradictions++
      this.#low = low
      this.#high = high
      return
    }
    this.#low = Math.max(this.#low, low)
    this.#high = Math.min(this.#high, high)
  }

  /** Null before the first comparison. */
  get difference(): ClockDifference | null {
    if (!Number.isFinite(this.#low) || !Number.isFinite(this.#high)) return null
    return { aheadMs: (this.#low + this.#high) / 2, withinMs: (this.#high - this.#low) / 2 }
  }

  /**
   * The moment of an edge by this machine's clock, as the interval it lies in, cut to the moments between which it
   * must have been seen from here.
   */
  here(
    edge: { atMs: number; withinMs: number },
    seen: { calledAtMs: number; repliedAtMs: number },
  ): { calledAtMs: number; repliedAtMs: number } {
    const { difference } = this
    if (difference === null) return seen
    const from = edge.atMs - difference.aheadMs - difference.withinMs
    const to = edge.atMs + edge.withinMs - difference.aheadMs + difference.withinMs
    const calledAtMs = Math.min(Math.max(from, seen.calledAtMs), seen.repliedAtMs)
    return { calledAtMs, repliedAtMs: Math.max(calledAtMs, Math.min(to, seen.repliedAtMs)) }
  }
}
