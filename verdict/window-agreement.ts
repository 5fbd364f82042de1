import { bucketOf, bucketRange } from '../model/histogram.ts'
import type { ThresholdCount, WindowLine } from '../model/window.ts'
import { splitAt } from './windows.ts'

/**
 * Whether the figures of a window agree with each other: as many samples in the histogram as counted, its ends where
 * the extremes are, its sum possible, thresholds counted as the histogram has it, and times inside the second.
 */
export const agreesWithItself = (line: WindowLine): boolean =>
  offset(line.firstUs) &&
  offset(line.lastUs) &&
  line.firstUs <= line.lastUs &&
  valuesAgree(line) &&
  thresholdsAgree(line)

const count = (value: number): boolean => Number.isSafeInteger(value) && value >= 0
const offset = (value: number): boolean => count(value) && value < 1_000_000

/** Buckets of up to 17 years in microseconds. */
const mostBucket = 40_000

const valuesAgree = (line: WindowLine): boolean => {
  const { kind, hist, n, sum, min, max } = line
  if (!Number.isFinite(min) || !Number.isFinite(max) || min > max) return false
  if (kind === 'time' || kind === 'trend') return Array.isArray(hist) && histogramAgrees(hist, line)
  if (hist !== undefined) return false
  if (kind === 'rate') return count(sum) && sum <= n && (min === 0 || min === 1) && (max === 0 || max === 1)
  return kind === 'counter' || kind === 'gauge'
}

const histogramAgrees = (hist: number[], { n, sum, min, max }: WindowLine): boolean => {
  if (hist.length % 2 !== 0) return false
  let [samples, lowest, highest, last] = [0, 0, 0, -1]
  for (let i = 0; i < hist.length; i += 2) {
    const [bucket = -1, here = -1] = [hist[i], hist[i + 1]]
    if (!count(bucket) || bucket <= last || bucket > mostBucket || !count(here) || here === 0) return false
    const [low, high] = bucketRange(bucket)
    samples += here
    lowest += low * here
    highest += high * here
    last = bucket
  }
  // Values below zero, which only a trend can have, stand in the first bucket.
  const sumFits = sum < highest && (sum >= lowest || min < 0)
  return samples === n && bucketOf(min) === hist[0] && bucketOf(max) === last && sumFits
}

const thresholdsAgree = ({ over, hist, n, firstUs, lastUs }: WindowLine): boolean => {
  if (over === undefined) return true
  if (!Array.isArray(over)) return false
  return over.every((entry, i) => {
    if (!Array.isArray(entry) || entry.length !== 6 || !(entry[0] > 0) || !count(entry[1])) return false
    const before = over[i - 1]
    if (before !== undefined && (entry[0] <= before[0] || entry[1] > before[1])) return false
    const split = hist === undefined ? { over: 0, unsure: n } : splitAt(hist, entry[0])
    const fitsHistogram = entry[1] >= split.over && entry[1] <= split.over + split.unsure
    return (
      fitsHistogram &&
      sideAgrees(entry, [2, 3], entry[1], firstUs, lastUs) &&
      sideAgrees(entry, [4, 5], n - entry[1], firstUs, lastUs)
    )
  })
}

/** The first and last sample on one side of a threshold lie in the window's; -1 where there is none. */
const sideAgrees = (
  entry: ThresholdCount,
  [first, last]: readonly [2, 3] | readonly [4, 5],
  samples: number,
  firstUs: number,
  lastUs: number,
): boolean => {
  const [from, to] = [entry[first], entry[last]]
  if (samples === 0) return from === -1 && to === -1
  return samples > 0 && count(from) && count(to) && from <= to && from >= firstUs && to <= lastUs
}
