import type { Range } from '../model/verdict.ts'
import type { Episode } from './episodes.ts'
import { lengthOf } from './episodes.ts'
import type { FaultGroup } from './groups.ts'
import { repliedAt } from './history.ts'
import type { PooledWindow } from './pooling.ts'
import { fewestInARow } from './segments.ts'
import type { TimeBase } from './stretches.ts'
import { unwatchedMsBetween } from './stretches.ts'

/** What is seen of a fault's effects. */
export interface Ends {
  /** First and last episode that are, or may be, the fault's; null where there is none. */
  first: Episode | null
  last: Episode | null
  /** Those that are the fault's for certain. */
  charged: readonly Episode[]
  /** Where the view ends, Unix ms. */
  rangeEndMs: number
}

/** Shortest and longest value in ms that the record supports; `high` null: no upper bound. */
export interface RecoveryTimes {
  impact: Range | null
  recovery: Range
  rto: Range
}

/**
 * Times from the edges of the fault to those of its effects. An edge of a fault lies anywhere in the call that made it,
 * and that of an effect between two requests: both widths are in the range. The injection had taken effect by the impact.
 * Without an effect, one that the rate of requests could not show may have been there.
 * @param visibleMs the shortest outage that the rate shows; null where something was seen that is no outage for certain
 */
export const recoveryTimes = (
  group: FaultGroup,
  { first, last, charged }: Ends,
  visibleMs: number | null,
): RecoveryTimes => {
  if (!first || !last) {
    const unseen = { low: 0, high: visibleMs }
    return { impact: null, recovery: unseen, rto: unseen }
  }
  const sureFirst = charged[0]
  const sureLast = charged.at(-1)
  const calledMs = group.injected.calledAtMs
  const activeByMs = Math.max(calledMs, Math.min(repliedAt(group.injected), sureFirst?.start.highMs ?? calledMs))
  const between = (fromMs: number, toMs: number) => Math.max(0, toMs - fromMs)
  const highMs = last.isOpen ? null : last.end.highMs
  // Nothing is certain of an effect that may have another cause.
  const range = (lowFromMs: number, highFromMs: number): Range => ({
    low: sureLast ? between(lowFromMs, sureLast.end.lowMs) : 0,
    high: highMs === null ? null : between(highFromMs, highMs),
  })
  const recovery = (): Range => {
    if (group.oneShot) return range((sureFirst ?? first).start.highMs, first.start.lowMs)
    if (group.removed === null) return { low: 0, high: null }
    return range(repliedAt(group.removed), group.removed.calledAtMs)
  }
  return {
    impact: { low: between(activeByMs, first.start.lowMs), high: between(calledMs, first.start.highMs) },
    recovery: recovery(),
    rto: range(activeByMs, calledMs),
  }
}

/** Seconds in which users fared worse than usual, by the edges; time without load counts for nothing. */
export const degraded = (
  base: TimeBase,
  windows: readonly PooledWindow[],
  { charged, unclear }: { charged: readonly Episode[]; unclear: readonly Episode[] },
  rangeEndMs: number,
): { seconds: number; low: number; high: number } => {
  const sum = (episodes: readonly Episode[], length: (episode: Episode) => number): number =>
    episodes.reduce((total, episode) => {
      const unwatched = unwatchedMsBetween(base, windows, episode.start.highMs, episode.end.lowMs)
      return total + Math.max(0, length(episode) - unwatched) / 1000
    }, 0)
  const shortest = (episode: Episode) => lengthOf(episode).lowMs
  const longest = (episode: Episode) => lengthOf(episode).highMs ?? rangeEndMs - episode.start.lowMs
  return {
    seconds: sum(charged, (episode) => (shortest(episode) + longest(episode)) / 2),
    low: sum(charged, shortest),
    high: sum([...charged, ...unclear], longest),
  }
}

/** The shortest total outage that so many requests show for certain, in ms. */
export const shortestVisibleMs = (windows: readonly PooledWindow[], usualRatio: number): number => {
  const known = windows.filter(({ state }) => state !== 'unknown')
  const requests = known.reduce((sum, { due }) => sum + due, 0)
  const seconds = known.reduce((sum, { from, to }) => sum + to - from, 0)
  return requests === 0 ? 0 : (1000 * fewestInARow(requests, usualRatio) * seconds) / requests
}
