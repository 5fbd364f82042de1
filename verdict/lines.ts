import type { RecordLine, ThresholdCount } from '../model/window.ts'

/** More samples than any series has in one flush: beyond it a line is garbage. */
const most = 100_000_000

/**
 * Whether the numbers of a line can be what they say. The reader has parsed JSON, no more; a line
 * that is not valid must be counted by the caller, for a record with holes proves nothing.
 */
export const validLine = (line: RecordLine): boolean => {
  if (typeof line !== 'object' || line === null) return false
  switch (line.type) {
    case 'window':
      return (
        Number.isSafeInteger(line.s) &&
        count(line.n) &&
        line.n > 0 &&
        Number.isFinite(line.sum) &&
        typeof line.ok === 'boolean' &&
        text(line.metric, line.scenario, line.name, line.status) &&
        offset(line.firstUs) &&
        offset(line.lastUs) &&
        (line.over === undefined || validOver(line.over, line.n)) &&
        (line.hist === undefined ? line.kind !== 'time' && line.kind !== 'trend' : validHistogram(line.hist, line.n))
      )
    case 'load':
      return (
        Number.isSafeInteger(line.s) &&
        text(line.scenario, line.sli) &&
        count(line.started) &&
        count(line.completed) &&
        count(line.dropped)
      )
    case 'vus':
      return Number.isSafeInteger(line.s) && count(line.active) && count(line.max)
    case 'sample':
      return (
        Number.isFinite(line.atMs) && text(line.component) && typeof line.values === 'object' && line.values !== null
      )
    case 'answer':
      return (
        text(line.series, line.query) &&
        count(line.samples) &&
        [line.failed, line.incomplete].every((why) => why === null || typeof why === 'string') &&
        Array.isArray(line.notNumbersAtMs) &&
        line.notNumbersAtMs.every(Number.isFinite)
      )
    case 'error':
      return count(line.n) && text(line.name, line.error)
    case 'acks':
      return text(line.scenario) && line.fromUs <= line.toUs && validRanges(line.ranges)
    case 'hello':
    case 'end':
    case 'overflow':
      return true
    default:
      return false
  }
}

const count = (value: number): boolean => Number.isSafeInteger(value) && value >= 0 && value <= most
const offset = (value: number): boolean => Number.isSafeInteger(value) && value >= 0 && value < 1_000_000
const offsetOrNone = (value: number): boolean => value === -1 || offset(value)
const text = (...values: string[]): boolean => values.every((value) => typeof value === 'string')

const validRanges = (ranges: [number, number][]): boolean =>
  Array.isArray(ranges) &&
  ranges.every(
    (range) =>
      Array.isArray(range) &&
      range.length === 2 &&
      range.every((n) => Number.isSafeInteger(n) && n >= 0) &&
      count(range[1] - range[0]),
  )

const validOver = (over: ThresholdCount[], n: number): boolean =>
  Array.isArray(over) &&
  over.every(
    (entry) =>
      Array.isArray(entry) &&
      entry.length === 6 &&
      entry[0] > 0 &&
      count(entry[1]) &&
      entry[1] <= n &&
      offsetOrNone(entry[2]) &&
      offsetOrNone(entry[3]) &&
      offsetOrNone(entry[4]) &&
      offsetOrNone(entry[5]) &&
      (entry[1] === 0) === (entry[2] === -1) &&
      (entry[1] === n) === (entry[4] === -1),
  )

/** Buckets of up to a day in microseconds, and as many samples as the window has. */
const validHistogram = (hist: number[], n: number): boolean => {
  if (!Array.isArray(hist) || hist.length % 2 !== 0) return false
  let sum = 0
  for (let i = 0; i < hist.length; i += 2) {
    const bucket = hist[i] ?? -1
    const samples = hist[i + 1] ?? -1
    if (!Number.isSafeInteger(bucket) || bucket < 0 || bucket > 40_000 || !count(samples)) return false
    sum += samples
  }
  return sum === n
}
