import type { PooledWindow } from './pooling.ts'
import type { Seconds } from './seconds.ts'

/** Where index 0 of the columns lies on the Unix clock. */
export interface TimeBase {
  baseS: number
  seconds: Seconds
}

/** How long load was due after a moment, in ms: the time of the windows that are not UNKNOWN. */
export const watchedMsAfter = (base: TimeBase, windows: readonly PooledWindow[], momentMs: number): number =>
  windows
    .filter(({ state }) => state !== 'unknown')
    .map(({ from, to }) => (base.baseS + to) * 1000 - Math.max(momentMs, (base.baseS + from) * 1000))
    .reduce((sum, ms) => sum + Math.max(0, ms), 0)

/** Time without load between two moments, in ms: the UNKNOWN windows' share of it. */
export const unwatchedMsBetween = (
  base: TimeBase,
  windows: readonly PooledWindow[],
  fromMs: number,
  toMs: number,
): number =>
  windows
    .filter(({ state }) => state === 'unknown')
    .map(({ from, to }) => Math.min(toMs, (base.baseS + to) * 1000) - Math.max(fromMs, (base.baseS + from) * 1000))
    .reduce((sum, ms) => sum + Math.max(0, ms), 0)
