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
      const seen = await this.#seen(signal)
      if (signal.aborted) return
      if (typeof seen === 'object') onEnded(seen)
      waitMs = Math.max(everyMs, 4 * (now() - beganMs))
    }
  }

  /** Right before the removal. `over`: it was told before that the fault is gone. */
  async lastLook(): Promise<LastLook> {
    if (this.#isOver) return 'over'
    if (this.#active.length === 0) return 'active'
    const given = new AbortController()
    const late = this.#clock.sleepUntil(this.#clock.now() + lastLookMs, given.signal).then(() => 'unanswered' as const)
    try {
      return await Promise.race([this.#seen(given.signal), late])
    } finally {
      given.abort()
    }
  }

  async #seen(signal: AbortSignal): Promise<'active' | 'unanswered' | EndedEarly> {
    const { now, sleepUntil } = this.#clock
    let gone: { atMs: number; text: string } | null = null
    for (let look = 0; look < 2; look++) {
      const beganMs = now()
      const evidence = await this.#ask(signal)
      if (signal.aborted || evidence === null) return 'unanswered'
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
