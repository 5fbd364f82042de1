import { appendFileSync, existsSync, readFileSync, truncateSync } from 'node:fs'

interface Entry {
  key: string | null
  refs: string[]
}

/**
 * What the provider has accepted: how often each message (by the sender's reference), and the
 * idempotency keys it knows. Kept in a file, because a provider that is down for a while does not
 * forget what it has sent; written before the answer, so a kill loses nothing that was acknowledged.
 */
export class Ledger {
  #file: string
  #keys = new Set<string>()
  #times = new Map<string, number>()
  /** Messages accepted, those more than once included. */
  accepted = 0
  /** Acceptances of a message beyond its first. */
  duplicates = 0
  /** Requests that were answered from a known key. */
  replayed = 0

  constructor(file: string) {
    this.#file = file
    if (!existsSync(file)) return
    const bytes = readFileSync(file)
    // A kill in mid-write leaves half a line, which nobody was told of.
    const whole = bytes.lastIndexOf('\n') + 1
    truncateSync(file, whole)
    for (const line of bytes.toString('utf8', 0, whole).split('\n')) {
      if (line !== '') this.#count(JSON.parse(line) as Entry)
    }
  }

  get messages(): number {
    return this.#times.size
  }

  /** False when the key is known and nothing is sent again. */
  accept(key: string | null, refs: string[]): boolean {
    if (key !== null && this.#keys.has(key)) {
      this.replayed++
      return false
    }
    appendFileSync(this.#file, `${JSON.stringify({ key, refs })}\n`)
    this.#count({ key, refs })
    return true
  }

  #count({ key, refs }: Entry): void {
    if (key !== null) this.#keys.add(key)
    for (const ref of refs) {
      const times = (this.#times.get(ref) ?? 0) + 1
      this.#times.set(ref, times)
      this.accepted++
      if (times > 1) this.duplicates++
    }
  }
}
