import { widestReach } from './batches.ts'
import { student95 } from './special.ts'
import type { Histogram } from './windows.ts'
import { addHistogram, newHistogram, quantileUs } from './windows.ts'

/** Baseline runs from which on the variation between runs is known well enough. */
export const fewestRuns = 5

export interface LatencyDifference {
  /** Microseconds; the percentile of all samples of each side. */
  baselineUs: number
  currentUs: number
  /** One-sided 95 % bounds of current less baseline. */
  lowUs: number
  highUs: number
}

/**
 * The difference of a percentile between one run and others, with bounds that allow for dependence between
 * requests: the percentile of few long batches varies as that of the whole does (sectioning, Asmussen & Glynn
 * 2007, III.5). From 5 baseline runs on the variation from run to run is added, as Student's error of one new run;
 * with fewer it is not known and not in the bounds.
 * @param current pieces of the phase, in the order of time
 * @param baseline the same of each baseline run
 * @param q The percentile, as a share.
 */
export const latencyDifference = (
  current: readonly Histogram[],
  baseline: readonly (readonly Histogram[])[],
  q: number,
): LatencyDifference => {
  const currentUs = quantileOf(current, q)
  const baselineUs = quantileOf(baseline.flat(), q)
  const within = Math.hypot(...baseline.map((pieces) => reachOf(pieces, q))) / baseline.length
  const between = baseline.length < fewestRuns ? 0 : newRunReach(baseline.map((pieces) => quantileOf(pieces, q)))
  const reach = Math.hypot(reachOf(current, q), within, between)
  const difference = currentUs - baselineUs
  return { baselineUs, currentUs, lowUs: difference - reach, highUs: difference + reach }
}

const reachOf = (pieces: readonly Histogram[], q: number): number => {
  const all = quantileOf(pieces, q)
  return widestReach(pieces, (batch) => quantileOf(batch, q) - all)
}

/** Of one more run against the mean of those that were. */
const newRunReach = (values: readonly number[]): number => {
  const runs = values.length
  const mean = values.reduce((sum, value) => sum + value, 0) / runs
  const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (runs - 1)
  return student95(runs - 1) * Math.sqrt(variance * (1 + 1 / runs))
}

/** 0 without samples. */
const quantileOf = (pieces: readonly Histogram[], q: number): number => {
  const sum = newHistogram(3)
  for (const piece of pieces) addHistogram(sum, piece)
  return quantileUs(sum, q) ?? 0
}
