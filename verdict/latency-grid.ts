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

/** All samples of the columns whose middle second is selected: exact for runs up to seven minutes. */
export const sumGrid = (grid: LatencyGrid, counts: (second: number) => boolean): Histogram => {
  const sum = newHistogram(3)
  grid.columns.forEach((histogram, at) => {
    if (histogram && counts(Math.floor((at + 0.5) * grid.step))) addHistogram(sum, histogram)
  })
  return sum
}
