import type { Seconds } from './seconds.ts'
import { upperTail } from './special.ts'

export type WindowState = 'good' | 'bad' | 'unknown'

/** Consecutive seconds judged together; `to` is one past the last. */
export interface PooledWindow {
  from: number
  to: number
  due: number
  bad: number
  failed: number
  state: WindowState
}

export interface PoolOptions {
  /** First second, and one past the last. */
  from: number
  to: number
  /** Seconds that start a new window: those with an injection in them. */
  cuts: ReadonlySet<number>
  /** Share of bad requests that is no sign of trouble: max(1 - target, that of the steady state). */
  usualRatio: number
}

const enoughDue = 20
const mostSeconds = 10
/** Below this rate a window may be longer than 10 s. */
const lowRate = enoughDue / mostSeconds
const unlikely = 1e-4

/**
 * Pools seconds until 20 requests were due, at most 10 s (longer only below 2/s), and calls each
 * window good, bad or unknown. One second alone would be noise: at 10/s a healthy service with 3 %
 * slow requests has a bad one in 26 % of its seconds.
 */
export const poolWindows = (seconds: Seconds, options: PoolOptions): PooledWindow[] => {
  const rate = usualRate(seconds, options)
  const longest = rate >= lowRate ? mostSeconds : Math.ceil((2 * enoughDue) / Math.max(rate, 1e-3))
  // So long without anything due is a gap, not chance.
  const gap = rate >= lowRate ? 2 : Math.ceil(3 / Math.max(rate, 1e-3))
  const windows: PooledWindow[] = []
  let open = empty(options.from)
  let idle = 0
  const close = (at: number, isCutOff = false): void => {
    const window = { ...open, to: at }
    if (at > open.from) windows.push({ ...window, state: stateOf(seconds, window, options.usualRatio, isCutOff) })
    open = empty(at)
    idle = 0
  }
  for (let at = options.from; at < options.to; at++) {
    const due = seconds.due[at] ?? 0
    if (options.cuts.has(at)) close(at, true)
    // Load comes back after a gap: the gap is a window of its own.
    if (due > 0 && open.due === 0 && idle >= gap) close(at)
    open.due += due
    open.bad += seconds.bad[at] ?? 0
    open.failed += seconds.failed[at] ?? 0
    idle = due === 0 ? idle + 1 : 0
    if (idle === gap && open.due > 0) {
      // What came before the gap must not wait for what comes after it.
      const gapStart = at + 1 - gap
      close(gapStart)
      idle = gap
    } else if (open.due >= enoughDue || (open.due > 0 && at + 1 - open.from >= longest)) close(at + 1)
  }
  close(options.to, true)
  return windows
}

const empty = (from: number) => ({ from, to: from, due: 0, bad: 0, failed: 0, state: 'unknown' as const })

/** Requests due per second, over the seconds between the first and the last of them. */
const usualRate = (seconds: Seconds, options: PoolOptions): number => {
  let sum = 0
  let first = -1
  let last = -1
  for (let at = options.from; at < options.to; at++) {
    const due = seconds.due[at] ?? 0
    if (due === 0) continue
    sum += due
    if (first < 0) first = at
    last = at
  }
  return first < 0 ? 0 : sum / (last - first + 1)
}

/** A remainder that was cut off may hold so few requests that one unanswered one is all of them: that says nothing. */
const stateOf = (seconds: Seconds, window: PooledWindow, usualRatio: number, isCutOff: boolean): WindowState => {
  if (window.due === 0) return 'unknown'
  let answered = 0
  for (let at = window.from; at < window.to; at++) answered += seconds.answered[at] ?? 0
  if (answered === 0 && !isCutOff) return 'bad'
  if (window.bad <= usualRatio * window.due) return 'good'
  if (upperTail(window.bad, window.due, usualRatio) < unlikely) return 'bad'
  return answered === 0 ? 'unknown' : 'good'
}
