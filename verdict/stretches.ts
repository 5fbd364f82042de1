import type { PooledWindow } from './pooling.ts'
import type { Seconds } from './seconds.ts'
import { none } from './seconds.ts'

/** Where index 0 of the columns lies on the Unix clock. */
export interface TimeBase {
  baseS: number
  seconds: Seconds
}

/** Consecutive BAD windows (UNKNOWN ones neither break nor lengthen it), with its exact edges in Unix ms. */
export interface Stretch {
  fromMs: number
  toMs: number
  first: PooledWindow
  last: PooledWindow
}

/** The BAD stretches of some windows, in order. No edge lies before `notBeforeMs`, the injection. */
export const badStretches = (base: TimeBase, windows: readonly PooledWindow[], notBeforeMs: number): Stretch[] => {
  const runs: { first: PooledWindow; last: PooledWindow }[] = []
  let open: { first: PooledWindow; last: PooledWindow } | null = null
  for (const window of windows) {
    if (window.state === 'good') open = null
    if (window.state !== 'bad') continue
    if (open) open.last = window
    else {
      open = { first: window, last: window }
      runs.push(open)
    }
  }
  return runs.map(({ first, last }) => {
    const fromMs = firstBadMs(base, first, notBeforeMs)
    return { first, last, fromMs, toMs: Math.max(fromMs, lastBadMs(base, last)) }
  })
}

/** Whether all that was due in a second went bad. */
const allBad = (seconds: Seconds, at: number): boolean =>
  (seconds.due[at] ?? 0) > 0 && seconds.bad[at] === seconds.due[at]

/** Seconds without load across which an all-bad time goes on. */
const longestPause = 10

const offsetMs = (base: TimeBase, at: number, offsetUs: number): number => (base.baseS + at) * 1000 + offsetUs / 1000

/**
 * Start of the first bad sample of a window. A window of few requests may begin before the outage
 * or after it: seconds just before it in which everything was bad belong to it.
 */
const firstBadMs = (base: TimeBase, window: PooledWindow, notBeforeMs: number): number => {
  const { seconds } = base
  const earliest = Math.floor(notBeforeMs / 1000) - base.baseS
  let from = window.from
  for (let at = from - 1; at >= earliest && from - at <= longestPause; at--) {
    if (allBad(seconds, at)) from = at
    else if ((seconds.due[at] ?? 0) > 0) {
      if (endsBad(seconds, at)) from = at
      break
    }
  }
  for (let at = from; at < window.to; at++) {
    if ((seconds.lastBadUs[at] ?? none) === none || offsetMs(base, at, seconds.lastBadUs[at] ?? 0) < notBeforeMs)
      continue
    return Math.max(notBeforeMs, offsetMs(base, at, seconds.firstBadUs[at] ?? 0))
  }
  return Math.max(notBeforeMs, (base.baseS + window.from) * 1000)
}

/** Start of the last bad sample of a window, and of the all-bad time right after it that another window swallowed. */
const lastBadMs = (base: TimeBase, window: PooledWindow): number => {
  const { seconds } = base
  let at = window.to - 1
  if (allBad(seconds, at)) {
    for (let next = at + 1; next < seconds.length && next - at <= longestPause; next++) {
      if (allBad(seconds, next)) at = next
      else if ((seconds.due[next] ?? 0) > 0) {
        if (beginsBad(seconds, next)) at = next
        break
      }
    }
  }
  for (; at >= window.from; at--) {
    const lastUs = seconds.lastBadUs[at] ?? none
    if (lastUs !== none) return offsetMs(base, at, lastUs)
  }
  return (base.baseS + window.to) * 1000
}

/** Whether the bad samples of a second all come before its good ones. */
const beginsBad = (seconds: Seconds, at: number): boolean => {
  const lastBad = seconds.lastBadUs[at] ?? none
  const firstGood = seconds.firstGoodUs[at] ?? none
  return lastBad !== none && firstGood !== none && lastBad < firstGood
}

/** Whether the bad samples of a second all come after its good ones. */
const endsBad = (seconds: Seconds, at: number): boolean => {
  const firstBad = seconds.firstBadUs[at] ?? none
  const lastGood = seconds.lastGoodUs[at] ?? none
  return firstBad !== none && lastGood !== none && firstBad > lastGood
}

/** How long load was due and GOOD after a moment: the windows' time without BAD and UNKNOWN. */
export const goodMsAfter = (base: TimeBase, windows: readonly PooledWindow[], momentMs: number): number => {
  let sum = 0
  for (const window of windows) {
    if (window.state === 'unknown') continue
    const fromMs = Math.max(momentMs, (base.baseS + window.from) * 1000)
    const toMs = (base.baseS + window.to) * 1000
    // What is left of the last BAD window after its last bad sample is good too.
    if (toMs > fromMs) sum += toMs - fromMs
  }
  return sum
}

/** Half the gap between the bad sample at an edge and the good one beside it, in ms. */
export const resolutionMs = (base: TimeBase, edgeMs: number, side: 'start' | 'end'): number => {
  const { seconds } = base
  const at = Math.floor(edgeMs / 1000) - base.baseS
  const step = side === 'start' ? -1 : 1
  for (let i = at; i >= 0 && i < seconds.length && Math.abs(i - at) <= 60; i += step) {
    const goodUs = (side === 'start' ? seconds.lastGoodUs[i] : seconds.firstGoodUs[i]) ?? none
    if (goodUs === none) continue
    const gapMs = (offsetMs(base, i, goodUs) - edgeMs) * step
    if (gapMs > 0) return gapMs / 2
    // Good and bad ones alternate in this second: their usual distance is the gap.
    return 500 / Math.max(1, seconds.due[i] ?? 1)
  }
  return 500
}
