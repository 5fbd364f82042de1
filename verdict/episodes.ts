import type { EdgeRange } from './change-point.ts'
import { backwards, endOf } from './change-point.ts'
import type { SampleRun } from './runs.ts'
import type { Segment, Shares } from './segments.ts'
import { segmentsOf } from './segments.ts'

/** A stretch in which users fared worse than usual, with the times between which it began and ended (Unix ms). */
export interface Episode {
  start: { lowMs: number; highMs: number }
  end: EdgeRange
  /** It goes on to the last request that there is. */
  isOpen: boolean
  /** Evidence for it, as in `Segment`. */
  score: number
}

/**
 * The outages in a sequence of requests, each with the range of its edges.
 * @param notBeforeMs the injection: nothing begins before it
 * @param against what is taken for usual, as in `segmentsOf`
 */
export const episodesOf = (
  runs: readonly SampleRun[],
  shares: Shares,
  notBeforeMs = Number.NEGATIVE_INFINITY,
  against: 'allowed' | 'steady' = 'allowed',
): Episode[] => {
  const segments = segmentsOf(runs, shares, against)
  if (segments.length === 0) return []
  const reversed = backwards(runs)
  return segments.map((segment, at) => {
    const limit = segments[at + 1]?.from ?? runs.length
    const start = beginningOf(reversed, segment, segments[at - 1]?.to ?? 0)
    const end = endOf(runs, { ...lastLevel(segment), limit, shareAfter: segment.shareAfter })
    const lowMs = Math.max(notBeforeMs, start.highMs === null ? notBeforeMs : -start.highMs)
    const highMs = Math.max(lowMs, -start.lowMs)
    return {
      start: { lowMs: Number.isFinite(lowMs) ? lowMs : highMs, highMs },
      end: { lowMs: Math.max(highMs, end.lowMs), highMs: end.highMs === null ? null : Math.max(highMs, end.highMs) },
      isOpen: segment.to === runs.length,
      score: segment.score,
    }
  })
}

const overlap = (a: Episode, b: Episode): boolean =>
  a.start.lowMs <= (b.end.highMs ?? Number.POSITIVE_INFINITY) &&
  b.start.lowMs <= (a.end.highMs ?? Number.POSITIVE_INFINITY)

/** Proven episodes with edges as far out as the suspected ones that they are part of, and the other suspected ones. */
export const withSuspected = (
  proven: readonly Episode[],
  suspected: readonly Episode[],
): { proven: Episode[]; suspected: Episode[] } => ({
  proven: proven.map((episode, at) => {
    const wider = suspected.filter((other) => overlap(other, episode))
    const nextMs = proven[at + 1]?.start.lowMs ?? Number.POSITIVE_INFINITY
    const lastMs = proven[at - 1]?.end.highMs ?? Number.NEGATIVE_INFINITY
    const ends = [episode, ...wider].map(({ end }) => end.highMs ?? Number.POSITIVE_INFINITY)
    const highMs = Math.max(episode.end.lowMs, Math.min(nextMs, Math.max(...ends)))
    const starts = [episode, ...wider].map(({ start }) => start.lowMs)
    const lowMs = Math.min(episode.start.highMs, Math.max(lastMs, Math.min(...starts)))
    return {
      ...episode,
      start: { ...episode.start, lowMs },
      end: { ...episode.end, highMs: Number.isFinite(highMs) ? highMs : null },
    }
  }),
  suspected: suspected.filter((episode) => !proven.some((other) => overlap(other, episode))),
})

const lastLevel = ({ levels, from, to }: Segment): { from: number; to: number } => levels.at(-1) ?? { from, to }

/** The end of the first level, seen backwards. */
const beginningOf = (reversed: readonly SampleRun[], segment: Segment, after: number): EdgeRange => {
  const { from, to } = segment.levels[0] ?? segment
  const { length } = reversed
  return endOf(reversed, {
    from: length - to,
    to: length - from,
    limit: length - after,
    shareAfter: segment.shareBefore,
  })
}

/** Length in ms that the requests prove, and the longest one that they allow; null while it goes on. */
export const lengthOf = ({ start, end }: Episode): { lowMs: number; highMs: number | null } => ({
  lowMs: Math.max(0, end.lowMs - start.highMs),
  highMs: end.highMs === null ? null : end.highMs - start.lowMs,
})
