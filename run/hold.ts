import type { ActiveInjection } from '../chaos/drivers/driver.ts'
import type { Evidence } from '../chaos/drivers/wait.ts'
import { sleepUntil } from './clock.ts'

/** Between two looks; more where a look itself takes longer than a quarter of this. */
const everyMs = 1_000
/** A probe that says "gone" once may have failed for its own reason: it is asked a second time. */
const againMs = 200
/** A last look must not keep a fault for longer. */
const lastLookMs = 2_000

/** Where a fault ended by itself: seen active at one time, and gone at the next. Unix ms. */
export interface EndedEarly {
  lastSeenAtMs: number
  goneAtMs: number
  text: string
}

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

  constructor(active: ActiveInjection[], confirmedAtMs: number, clock = machineClock) {
    this.#active = active.filter(({ stillActive }) => stillActive !== undefined)
    this.#lastSeenAtMs = confirmedAtMs
    this.#clock = clock
  }

  /**
   * Looks every second until then; a look that is under way is given up when the time has come.
   * @param onEnded told once, when the fault is seen to be gone
   * @returns false when the signal aborted
   */
  async until(untilMs: number, signal: AbortSignal, onEnded: (ended: EndedEarly) => void): Promise<boolean> {
    const { now, sleepUntil } = this.#clock
    const over = new AbortController()
    const looking = this.#look(untilMs, AbortSignal.any([signal, over.signal]), onEnded)
    const reached = await sleepUntil(untilMs, signal)
    over.abort()
    // What does not look at its signal must not hold up the removal.
    await Promise.race([looking, sleepUntil(now() + againMs, signal)])
    return reached
  }

  async #look(untilMs: number, signal: AbortSignal, onEnded: (ended: EndedEarly) => void): Promise<void> {
    const { now, sleepUntil } = this.#clock
    let waitMs = everyMs
    while (this.#active.length > 0 && !this.#isOver && now() + waitMs < untilMs) {
      if (!(await sleepUntil(now() + waitMs, signal))) return
      const beganMs = now()
      const ended = await this.#ended(signal)
      if (signal.aborted) return
      if (ended) onEnded(ended)
      waitMs = Math.max(everyMs, 4 * (now() - beganMs))
    }
  }

  /** Right before the removal. Null: it was still there, was known to be gone before, or nothing can tell. */
  async lastLook(): Promise<EndedEarly | null> {
    if (this.#active.length === 0 || this.#isOver) return null
    const given = new AbortController()
    const late = this.#clock.sleepUntil(this.#clock.now() + lastLookMs, given.signal).then(() => null)
    try {
      return await Promise.race([this.#ended(given.signal), late])
    } finally {
      given.abort()
    }
  }

  async #ended(signal: AbortSignal): Promise<EndedEarly | null> {
    const { now, sleepUntil } = this.#clock
    let gone: { atMs: number; text: string } | null = null
    for (let look = 0; look < 2; look++) {
      const beganMs = now()
      const evidence = await this.#ask(signal)
      if (signal.aborted || evidence === null) return null
      if (evidence.ok) {
        this.#lastSeenAtMs = beganMs
        return null
      }
      gone ??= { atMs: now(), text: evidence.text }
      if (look === 0 && !(await sleepUntil(now() + againMs, signal))) return null
    }
    if (gone === null) return null
    this.#isOver = true
    return { lastSeenAtMs: this.#lastSeenAtMs, goneAtMs: gone.atMs, text: gone.text }
  }

  /** Gone when one of its parts is; null where nothing is known to be gone and not all can tell. */
  async #ask(signal: AbortSignal): Promise<Evidence | null> {
    const looks = await Promise.all(this.#active.map((injection) => asked(injection, signal)))
    const gone = looks.filter((evidence) => evidence?.ok === false)
    if (gone.length > 0) return { ok: false, text: gone.map((evidence) => evidence?.text).join('; ') }
    return looks.includes(null) ? null : { ok: true, text: '' }
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
