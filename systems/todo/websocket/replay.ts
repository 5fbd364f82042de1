/** Events of the last while by user, so that a client which was away can have what it missed. */
export class Replay {
  #keepMs: number
  #now: () => number
  #events: { user: string; sequence: number; atMs: number; message: string }[] = []
  /** Of the newest event, of any user. */
  sequence = 0

  constructor(keepMs: number, now: () => number = Date.now) {
    this.#keepMs = keepMs
    this.#now = now
  }

  add(user: string, sequence: number, message: string): void {
    const atMs = this.#now()
    this.sequence = sequence
    this.#events.push({ user, sequence, atMs, message })
    // Seldom, because it moves all of them.
    const first = this.#events[0]
    if (first && first.atMs < atMs - 2 * this.#keepMs) {
      this.#events = this.#events.filter((event) => event.atMs >= atMs - this.#keepMs)
    }
  }

  /** The user's messages after that one, oldest first. */
  since(user: string, sequence: number): string[] {
    return this.#events
      .filter((event) => event.sequence > sequence && event.user === user)
      .map(({ message }) => message)
  }
}
