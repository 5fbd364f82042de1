import type { Ranges } from '../model/ranges.ts'
import type { AcksLine, LoadLine, RecordLine, WindowLine } from '../model/window.ts'
import { windowSchemaVersion } from '../model/window.ts'
import { agreesWithItself } from './window-agreement.ts'

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
      return validWindow(line)
    case 'load':
      return validLoad(line)
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
      return validAcks(line)
    case 'end':
      return (
        line.totals === undefined ||
        (typeof line.totals === 'object' && Object.values(line.totals ?? [-1]).every(whole))
      )
    case 'overflow':
      return count(line.maxSeries)
    case 'closed':
      return whole(line.lines)
    case 'hello':
      return line.schemaVersion === windowSchemaVersion
    default:
      return false
  }
}

export const whole = (value: number): boolean => Number.isSafeInteger(value) && value >= 0
const count = (value: number): boolean => whole(value) && value <= most
const text = (...values: string[]): boolean => values.every((value) => typeof value === 'string')

const validWindow = (line: WindowLine): boolean =>
  Number.isSafeInteger(line.s) &&
  count(line.n) &&
  line.n > 0 &&
  Number.isFinite(line.sum) &&
  typeof line.ok === 'boolean' &&
  text(line.metric, line.scenario, line.name, line.status) &&
  agreesWithItself(line)

const validLoad = (line: LoadLine): boolean => {
  const { failed = 0, failedAfterGood = 0, durationUs = 0, longestUs = 0 } = line
  return (
    Number.isSafeInteger(line.s) &&
    text(line.scenario, line.sli) &&
    [line.started, line.completed, line.dropped, failed, failedAfterGood].every(count) &&
    [durationUs, longestUs].every(whole) &&
    failedAfterGood <= failed &&
    longestUs <= durationUs
  )
}

/** At least one valid range. */
const validAcks = ({ scenario, fromUs, toUs, ranges }: AcksLine): boolean =>
  text(scenario) && whole(fromUs) && whole(toUs) && fromUs <= toUs && validRanges(ranges) && ranges.length > 0

/** A list of ranges, each in order, sorted, and no number twice. */
export const validRanges = (ranges: unknown): ranges is Ranges => {
  if (!Array.isArray(ranges)) return false
  let last = -1
  return ranges.every((range) => {
    if (!Array.isArray(range) || range.length !== 2) return false
    const [from, to] = range
    const fits = whole(from) && whole(to) && from > last && from <= to && to - from < most
    last = to
    return fits
  })
}
