import { type Switched, uniform } from './plants.ts'

/** Troubles that calls begin and end, as the commands of a fault do. */
export class Switch {
  #isOn = false
  #troubles: (Switched & { sinceMs: number; untilMs: number })[] = []

  /**
   * `/switch/on`, `/switch/off` and `/switch/is`, with `troubles` as JSON.
   * `on` may end by itself (`expiresMs`); `off` ends what has begun, unless it is to be kept (`keep`).
   */
  call({ pathname, searchParams }: URL, nowMs: number): { status: number; line?: string } {
    const troubles = JSON.parse(searchParams.get('troubles') ?? '[]') as Switched[]
    if (pathname === '/switch/is') return { status: this.#isOn ? 200 : 404 }
    this.#isOn = pathname === '/switch/on'
    if (!this.#isOn && searchParams.get('keep') === null) this.#end(nowMs)
    for (const trouble of troubles) {
      const sinceMs = nowMs + trouble.fromMs
      const untilMs = trouble.forMs === null ? Number.POSITIVE_INFINITY : sinceMs + trouble.forMs
      this.#troubles.push({ ...trouble, sinceMs, untilMs })
    }
    const expiresMs = searchParams.get('expiresMs')
    if (expiresMs !== null) {
      setTimeout(() => {
        this.#isOn = false
        this.#end(Date.now())
      }, Number(expiresMs))
    }
    return { status: 200, line: pathname.slice('/switch/'.length) }
  }

  /** What is wrong with request `n` of a path now. */
  troubleOf(path: string, n: number, nowMs: number): { how: Switched['how']; slowMs: number } | undefined {
    const found = this.#troubles.find(
      (one) =>
        nowMs >= one.sinceMs && nowMs < one.untilMs && (one.path ?? path) === path && uniform(3 * n) < (one.share ?? 1),
    )
    return found && { how: found.how, slowMs: found.slowMs ?? 0 }
  }

  #end(nowMs: number): void {
    for (const trouble of this.#troubles) trouble.untilMs = Math.min(trouble.untilMs, nowMs)
  }
}
