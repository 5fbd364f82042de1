/**
 * Log-linear buckets with three significant digits, as HdrHistogram defines them for 2,048
 * sub-buckets: values below 2,048 have a bucket each; above, each power of two has 1,024 buckets.
 * `bucket = shift * 1024 + (value >> shift)` with `shift = max(0, bitLength(value) - 11)`.
 * The relative width of a bucket is at most 1/1024. Unit: microseconds (or thousandths).
 */
export const bucketOf = (value: number): number => {
  const whole = value < 1 ? 0 : Math.floor(value)
  if (whole < 2048) return whole
  const shift = bitLength(whole) - 11
  return shift * 1024 + Math.floor(whole / 2 ** shift)
}

/** Lowest value of a bucket, and one past its highest. */
export const bucketRange = (bucket: number): [low: number, high: number] => {
  if (bucket < 2048) return [bucket, bucket + 1]
  const shift = Math.floor(bucket / 1024) - 1
  const width = 2 ** shift
  const low = (bucket - shift * 1024) * width
  return [low, low + width]
}

const bitLength = (whole: number): number =>
  whole < 0x80000000 ? 32 - Math.clz32(whole) : Math.floor(Math.log2(whole)) + 1
