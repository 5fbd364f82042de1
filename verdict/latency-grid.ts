import type { Histogram } from './windows.ts'
import { addHistogram, addToBucket, mergeHistogram, newHistogram } from './windows.ts'

/** Most columns that a run is folded into: 1 s each up to seven minutes (and what comes before and after), wider ones in longer runs. */
export const mostColumns = 600

/** For what is summed over phases and never drawn: with a dozen objectives, half as many save 50 MB. */
export const summedColumns = 300

/**
 * Latency over time: one histogram (relative width 1/128) per column of `step` seconds. Keeps a day
 * in a few megabytes. Counts against thresholds never come from here but from `Seconds`.
 */
export interface LatencyGrid {
  step: number
  columns: (Histogram | null)[]
}

/** @param columns at most so many; runs of up to seven minutes have one per second in any case */
export const newGrid = (length: number, columns = mostColumns): LatencyGrid => {
  const step = length <= mostColumns ? 1 : Math.ceil(length / columns)
  return { step, columns: new Array<Histogram | null>(Math.ceil(length / step)).fill(null) }
}

const column = (grid: LatencyGrid, second: number): Histogram => {
  const at = Math.floor(second / grid.step)
  const present = grid.columns[at]
  if (present) return present
  const fresh = newHistogram(3)
  grid.columns[at] = fresh
  return fresh
}

/** Adds the sparse histogram of a window line; `lowest` as in `mergeHistogram`. */
export const addToGrid = (grid: LatencyGrid, second: number, sparse: readonly number[], lowest: number): void =>
  mergeHistogram(column(grid, second), sparse, lowest)

export const addCountToGrid = (grid: LatencyGrid, second: number, bucket: number, count: number): void =>
  addToBucket(column(grid, second), bucket, count)

/** Whether a stretch so long is read well enough from its columns: what is beside it in the first and last is at most a tenth. */
export const isFineEnough = (grid: LatencyGrid, seconds: number): boolean =>
  grid.step === 1 || seconds >= 10 * grid.step

/**
 * The columns that lie wholly within the selected seconds. One that reaches into another phase would bring that phase's
 * samples along: five seconds of an outage among 950 s of calm are its p95.
 */
export const wholeColumns = (grid: LatencyGrid, counts: (second: number) => boolean): Histogram[] =>
  grid.columns.filter((histogram, at): histogram is Histogram => {
    if (!histogram) return false
    for (let second = at * grid.step; second < (at + 1) * grid.step; second++) if (!counts(second)) return false
    return true
  })

/** All samples of those columns: of every selected second in runs of up to seven minutes. */
export const sumGrid = (grid: LatencyGrid, counts: (second: number) => boolean): Histogram => {
  const sum = newHistogram(3)
  for (const histogram of wholeColumns(grid, counts)) addHistogram(sum, histogram)
  return sum
}
