import { bucketOf, bucketRange } from '../model/histogram.ts'

/**
 * Counts per bucket of model/histogram.ts, or of 8 neighbouring ones (`shift` 3: relative width
 * 1/128, for the columns of charts). Buckets never cross an octave, so histograms of one shift add.
 */
export interface Histogram {
  shift: 0 | 3
  n: number
  counts: Uint32Array
}

export const newHistogram = (shift: 0 | 3 = 0): Histogram => ({ shift, n: 0, counts: new Uint32Array(0) })

const room = (histogram: Histogram, index: number): void => {
  if (index < histogram.counts.length) return
  const larger = new Uint32Array((Math.ceil((index + 1) / 64) + 1) * 64)
  larger.set(histogram.counts)
  histogram.counts = larger
}

/**
 * Adds a sparse histogram `[bucket, count, ...]` of a window line.
 * @param lowest samples below this bucket are counted in it (failed requests count as slow)
 */
export const mergeHistogram = (into: Histogram, sparse: readonly number[], lowest = 0): void => {
  for (let i = 0; i + 1 < sparse.length; i += 2) addToBucket(into, Math.max(lowest, sparse[i] ?? 0), sparse[i + 1] ?? 0)
}

/** Adds `count` samples to a full-precision bucket. */
export const addToBucket = (into: Histogram, bucket: number, count: number): void => {
  const index = bucket >> into.shift
  room(into, index)
  into.counts[index] = (into.counts[index] ?? 0) + count
  into.n += count
}

/** Adds a histogram of the same shift. */
export const addHistogram = (into: Histogram, from: Histogram): void => {
  if (into.shift !== from.shift) throw new RangeError('histograms of different precision do not add')
  if (from.n === 0) return
  room(into, from.counts.length - 1)
  for (let i = 0; i < from.counts.length; i++) into.counts[i] = (into.counts[i] ?? 0) + (from.counts[i] ?? 0)
  into.n += from.n
}

/** What is left of a histogram without some of its own samples. */
export const withoutHistogram = (all: Histogram, part: Histogram): Histogram => ({
  shift: all.shift,
  n: all.n - part.n,
  counts: all.counts.map((count, i) => count - (part.counts[i] ?? 0)),
})

/** Lowest value of an index of `counts`, and one past its highest (microseconds). */
export const indexRange = (histogram: Histogram, index: number): [low: number, high: number] => [
  bucketRange(index << histogram.shift)[0],
  bucketRange(((index + 1) << histogram.shift) - 1)[1],
]

/**
 * The value below which the share `q` of the samples lies, by nearest rank, placed evenly inside its
 * bucket. Microseconds; null when the histogram is empty.
 */
export const quantileUs = (histogram: Histogram, q: number): number | null => {
  if (histogram.n === 0) return null
  const rank = Math.min(histogram.n, Math.max(1, Math.ceil(q * histogram.n - 1e-9)))
  let before = 0
  for (let i = 0; i < histogram.counts.length; i++) {
    const count = histogram.counts[i] ?? 0
    if (before + count >= rank) {
      const [low, high] = indexRange(histogram, i)
      return high - low <= 1 ? low : low + ((rank - before - 0.5) / count) * (high - low)
    }
    before += count
  }
  return null
}

/** How many samples lie in buckets that start at or above the one of `valueUs`. */
export const countFrom = (histogram: Histogram, valueUs: number): number => {
  let sum = 0
  for (let i = bucketOf(valueUs) >> histogram.shift; i < histogram.counts.length; i++) sum += histogram.counts[i] ?? 0
  return sum
}

/**
 * Samples of a sparse histogram at or above a threshold that the record did not count: `over` for
 * certain, `unsure` in the bucket that holds the threshold.
 */
export const splitAt = (sparse: readonly number[], thresholdUs: number): { over: number; unsure: number } => {
  const edge = bucketOf(thresholdUs)
  const exact = bucketRange(edge)[0] >= thresholdUs
  let over = 0
  let unsure = 0
  for (let i = 0; i + 1 < sparse.length; i += 2) {
    const bucket = sparse[i] ?? 0
    const count = sparse[i + 1] ?? 0
    if (bucket > edge || (exact && bucket === edge)) over += count
    else if (bucket === edge) unsure += count
  }
  return { over, unsure }
}
