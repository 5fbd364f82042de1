import type { JudgeContext } from './context.ts'

/** A run's end may cut off the last point, and a sample may be late: a tenth may be missing. */
const mostMissingRatio = 0.1

/** Whether so few are missing that a good value is still to be believed. */
export const isFew = (missing: number, expected: number): boolean => missing <= Math.max(1, mostMissingRatio * expected)

/** Seconds of the columns that count, up to the last one of the load. */
export const secondsOf = ({ folded }: JudgeContext, counts: (at: number) => boolean): number[] => {
  const seconds: number[] = []
  for (let at = 0; at < folded.chart.seconds.length && at <= folded.lastIndex; at++) if (counts(at)) seconds.push(at)
  return seconds
}
