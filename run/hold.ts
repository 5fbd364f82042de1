import type { ActiveInjection } from '../chaos/drivers/driver.ts'
import type { Evidence } from '../chaos/drivers/wait.ts'
import { sleepUntil } from './clock.ts'

/** Between two looks; more where a look itself takes longer than a quarter of this. */
const everyMs = 1_000
/** A probe that says "gone" once may have failed for its own reason: it is asked a second time. */
const againMs = 200
/** A last look must not keep a fault for longer, unless looks have taken more than half of this. */
const lastLookMs = 2_000

/** Where a fault ended by itself: seen active at one time, and gone at the next. Unix ms. */
export interface EndedEarly {
  lastSeenAtMs: number
  goneAtMs: number
  text: string
}

/** What the look right before the removal gave: `unanswered` where it cannot tell whether the fault was still there. */
export type LastLook = 'active' | 'over' | 'unanswered' | EndedEarly

/** Unix ms, and a wait until one; false when the signal aborted it. */
export interface HoldClock {
  now: () => number
  sleepUntil: (atMs: number, signal: AbortSignal) => Promise<boolean>
}

const machineClock: HoldClock = { now: () => Date.now(), sleepUntil }

/** Looks whether a fault that was confirmed active still is, until its removal. */
export class HeldFault {
  #active: ActiveInjection[]
  #clock: HoldClock
  #lastSeenAtMs: number
  #isOver = false
  /** Of those that were answered. */
  #longestLookMs = 0

  constructor(active: ActiveInjection[], confirmedAtMs: number, clock = machineClock) {
    this.#active = active.filter(({ stillActive }) => stillActive !== undefined)
    this.#lastSeenAtMs = confirmedAtMs
    this.#clock = clock
  }

  /**
   * Looks every second, until the last look must begin. A look that is under way then is given up.
   * @param untilMs when the fault is to be removed
   * @param onEnded told once, when the fault is seen to be gone
   * @returns false when the signal aborted
   */
  async until(untilMs: number, signal: AbortSignal, onEnded: (ended: EndedEarly) => void): Promise<boolean> {
    const { now, sleepUntil } = this.#clock
    let waitMs = everyMs
    while (this.#active.length > 0 && !this.#isOver && now() + waitMs < untilMs - this.#longestLookMs) {
      if (!(await sleepUntil(now() + waitMs, signal))) return false
      const beganMs = now()
      const seen = await this.#lookUntil(untilMs - this.#longestLookMs, signal)
      if (typeof seen === 'object') onEnded(seen)
      waitMs = Math.max(everyMs, 4 * (now() - beganMs))
    }
    return await sleepUntil(untilMs - this.#longestLookMs, signal)
  }

  /**
   * Right before the removal. `over`: it was told before that the fault is gone. Begins early enough for the longest
   * look so far; where it is answered much sooner, it is followed by another that ends when the time has come.
   */
  async lastLook(untilMs: number, signal: AbortSignal): Promise<LastLook> {
    const { now, sleepUntil } = this.#clock
    if (this.#isOver) return 'over'
    if (this.#active.length === 0) return 'active'
    for (;;) {
      const beganMs = now()
      const seen = await this.#lookUntil(beganMs + Math.max(lastLookMs, 2 * this.#longestLookMs), signal)
      const againAtMs = untilMs - (now() - beganMs)
      if (seen !== 'active' || againAtMs < now() + everyMs || !(await sleepUntil(againAtMs, signal))) return seen
    }
  }

  /** A look that is given up at that time. */
  async #lookUntil(atMs: number, signal: AbortSignal): Promise<'active' | 'unanswered' | EndedEarly> {
    const over = new AbortController()
    const ends = AbortSignal.any([signal, over.signal])
    void this.#clock.sleepUntil(atMs, ends).then(() => over.abort())
    try {
      return await this.#seen(ends)
    } finally {
      over.abort()
    }
  }

  async #seen(signal: AbortSignal): Promise<'active' | 'unanswered' | EndedEarly> {
    const { now, sleepUntil } = this.#clock
    let gone: { atMs: number; text: string } | null = null
    for (let look = 0; look < 2; look++) {
      const beganMs = now()
      const evidence = await this.#ask(signal)
      if (evidence === null) return 'unanswered'
      this.#longestLookMs = Math.max(this.#longestLookMs, now() - beganMs)
      if (evidence.ok) {
        this.#lastSeenAtMs = beganMs
        return 'active'
      }
      gone ??= { atMs: now(), text: evidence.text }
      if (look === 0 && !(await sleepUntil(now() + againMs, signal))) return 'unanswered'
    }
    if (gone === null) return 'unanswered'
    this.#isOver = true
    return { lastSeenAtMs: this.#lastSeenAtMs, goneAtMs: gone.atMs, text: gone.text }
  }

  /**
   * Gone as soon as one of its parts is, whatever the others say or do not say; null where nothing is known to be gone
   * and not all can tell, or have told when the signal aborts.
   */
  async #ask(signal: AbortSignal): Promise<Evidence | null> {
    const answered = new AbortController()
    const { promise, resolve } = Promise.withResolvers<Evidence | null>()
    const giveUp = () => resolve(null)
    if (signal.aborted) return null
    signal.addEventListener('abort', giveUp)
    const ends = AbortSignal.any([signal, answered.signal])
    const looks = this.#active.map((injection) => asked(injection, ends))
    for (const look of looks) void look.then((evidence) => evidence?.ok === false && resolve(evidence))
    void Promise.all(looks).then((all) => resolve(all.includes(null) ? null : { ok: true, text: '' }))
    try {
      return await promise
    } finally {
      signal.removeEventListener('abort', giveUp)
      answered.abort()
    }
  }
}

/** A look that fails tells nothing of the fault. */
const asked = async (injection: ActiveInjection, signal: AbortSignal): Promise<Evidence | null> => {
  try {
    return (await injection.stillActive?.(signal)) ?? null
  } catch {
    return null
  }
}

/** `ended 2.1..3.0 s after its injection, before its 10.0 s were over: <what was seen>` */
export const endedText = (ended: EndedEarly, injectedAtMs: number, holdMs: number): string => {
  const since = (atMs: number) => (Math.max(0, atMs - injectedAtMs) / 1000).toFixed(1)
  return `ended ${since(ended.lastSeenAtMs)}..${since(ended.goneAtMs)} s after its injection, before its ${(holdMs / 1000).toFixed(1)} s were over: ${ended.text}`
}
