/** No sample of that sort in the second. */
export const none = -1
const second = 1_000_000

/**
 * One SLI, one column entry per second: a late increment of an old second is one more addition.
 * Offsets are microseconds inside the second, `none` where there is no such sample.
 */
export interface Seconds {
  length: number
  /** Requests that were due: answered or not, dropped and interrupted iterations included. */
  due: Uint32Array
  /** Of those: not ok, at or over the threshold, dropped, or interrupted. */
  bad: Uint32Array
  /** Of the bad ones: not ok, dropped, or interrupted (not merely slow). */
  failed: Uint32Array
  /** Requests that got a response, whatever it said. */
  answered: Uint32Array
  /** Samples that a request sent (due without dropped and interrupted), and the bad ones among them. */
  samples: Uint32Array
  badSamples: Uint32Array
  firstBadUs: Int32Array
  lastBadUs: Int32Array
  firstGoodUs: Int32Array
  lastGoodUs: Int32Array
  /** Samples in the histogram bucket that holds a threshold the record did not count; they stand in `bad`. */
  unsure: number
  unsureAt: Uint32Array | null
}

export const newSeconds = (length: number): Seconds => ({
  length,
  due: new Uint32Array(length),
  bad: new Uint32Array(length),
  failed: new Uint32Array(length),
  answered: new Uint32Array(length),
  samples: new Uint32Array(length),
  badSamples: new Uint32Array(length),
  firstBadUs: new Int32Array(length).fill(none),
  lastBadUs: new Int32Array(length).fill(none),
  firstGoodUs: new Int32Array(length).fill(none),
  lastGoodUs: new Int32Array(length).fill(none),
  unsure: 0,
  unsureAt: null,
})

/** Adds to one entry of a column. */
export const bump = (column: Uint32Array, at: number, by: number): void => {
  column[at] = (column[at] ?? 0) + by
}

/** Widens the span of bad samples of a second; `none` leaves it. */
export const seenBad = (seconds: Seconds, at: number, firstUs: number, lastUs: number): void => {
  widen(seconds.firstBadUs, seconds.lastBadUs, at, firstUs, lastUs)
}

export const seenGood = (seconds: Seconds, at: number, firstUs: number, lastUs: number): void => {
  widen(seconds.firstGoodUs, seconds.lastGoodUs, at, firstUs, lastUs)
}

const widen = (first: Int32Array, last: Int32Array, at: number, firstUs: number, lastUs: number): void => {
  if (firstUs !== none && (first[at] === none || firstUs < (first[at] ?? 0))) first[at] = firstUs
  if (lastUs !== none && lastUs > (last[at] ?? none)) last[at] = lastUs
}

/**
 * Counts iterations that never sent their request against the SLI.
 *
 * Drops have no times of their own. k6 drops when it runs out of free users and stops dropping when
 * they come free, so in the first second of an outage they are its end and in the last its beginning:
 * with the share d of the second dropped, the first is placed at 1 - d and the last at d.
 */
export const addUndelivered = (
  seconds: Seconds,
  at: number,
  load: { started: number; dropped: number; interrupted: number },
): void => {
  const missing = load.dropped + load.interrupted
  if (missing === 0) return
  bump(seconds.due, at, missing)
  bump(seconds.bad, at, missing)
  bump(seconds.failed, at, missing)
  const share = Math.min(1, missing / Math.max(1, load.started + load.dropped))
  seenBad(
    seconds,
    at,
    Math.min(second - 1, Math.round((1 - share) * second)),
    Math.max(0, Math.round(share * second) - 1),
  )
}

/** Of some seconds of one SLI, by the names of the columns. */
export type SecondsSum = Record<'due' | 'bad' | 'failed' | 'samples' | 'badSamples' | 'unsure', number>
/**
 * Counts iterations that failed although no request of theirs tells so. Those that had a good request of the SLI are due
 * already; when in their second they failed is not known, so all of it is taken.
 */
export const addFailed = (seconds: Seconds, at: number, failed: number, afterGood: number): void => {
  if (failed === 0) return
  bump(seconds.bad, at, failed)
  bump(seconds.failed, at, failed)
  bump(seconds.due, at, failed - afterGood)
  // Its good request may have started in the next second.
  seconds.due[at] = Math.max(seconds.due[at] ?? 0, seconds.bad[at] ?? 0)
  seenBad(seconds, at, 0, second - 1)
}

/** Sums of one SLI over the seconds that `counts` selects. */
export const sumSeconds = (seconds: Seconds, counts: (at: number) => boolean): SecondsSum => {
  const sum = { due: 0, bad: 0, failed: 0, samples: 0, badSamples: 0, unsure: 0 }
  for (let at = 0; at < seconds.length; at++) {
    if (seconds.due[at] === 0 || !counts(at)) continue
    sum.due += seconds.due[at] ?? 0
    sum.bad += seconds.bad[at] ?? 0
    sum.failed += seconds.failed[at] ?? 0
    sum.samples += seconds.samples[at] ?? 0
    sum.badSamples += seconds.badSamples[at] ?? 0
    sum.unsure += seconds.unsureAt?.[at] ?? 0
  }
  return sum
}

/**
 * The selected seconds in which requests were due, in the order of time.
 * @param sure leaves out the bad ones that may have been on the good side of a threshold that was not counted
 */
export const countedSeconds = (
  seconds: Seconds,
  counts: (at: number) => boolean,
  sure = false,
): { n: number; bad: number }[] => {
  const counted: { n: number; bad: number }[] = []
  for (let at = 0; at < seconds.length; at++) {
    const n = seconds.due[at] ?? 0
    if (n === 0 || !counts(at)) continue
    counted.push({ n, bad: (seconds.bad[at] ?? 0) - (sure ? (seconds.unsureAt?.[at] ?? 0) : 0) })
  }
  return counted
}
