import { describe, expect, it } from 'vitest'
import { bucketOf } from '../model/histogram.ts'
import { seededRandom } from './random.ts'
import {
  addHistogram,
  countFrom,
  mergeHistogram,
  newHistogram,
  quantileUs,
  splitAt,
  withoutHistogram,
} from './windows.ts'

const sparse = (values: readonly number[]): number[] => {
  const counts = new Map<number, number>()
  for (const value of values) counts.set(bucketOf(value), (counts.get(bucketOf(value)) ?? 0) + 1)
  return [...counts].sort((a, b) => a[0] - b[0]).flat()
}

describe('histograms', () => {
  it('have no quantile when empty', () => {
    expect(quantileUs(newHistogram(), 0.95)).toBeNull()
  })

  it('refuse to add what differs in precision', () => {
    expect(() => addHistogram(newHistogram(0), newHistogram(3))).toThrow(RangeError)
  })

  it.each([
    { shift: 0 as const, precision: 1 / 1024 },
    { shift: 3 as const, precision: 1 / 128 },
  ])('of shift $shift give quantiles within their bucket, in one piece or merged', ({ shift, precision }) => {
    const random = seededRandom(3)
    const values = Array.from({ length: 20_000 }, () => Math.floor(3000 * Math.exp(4 * random())))
    const whole = newHistogram(shift)
    mergeHistogram(whole, sparse(values))
    const parts = newHistogram(shift)
    for (let i = 0; i < values.length; i += 777) {
      const part = newHistogram(shift)
      mergeHistogram(part, sparse(values.slice(i, i + 777)))
      addHistogram(parts, part)
    }
    expect(parts.n).toBe(values.length)
    const sorted = [...values].sort((a, b) => a - b)
    for (const q of [0.01, 0.5, 0.9, 0.95, 0.99, 0.999, 1]) {
      const truth = sorted[Math.ceil(q * values.length) - 1] ?? 0
      expect(Math.abs((quantileUs(whole, q) ?? 0) / truth - 1)).toBeLessThan(precision)
      expect(quantileUs(parts, q)).toBe(quantileUs(whole, q))
    }
  })

  it('count failed samples no lower than the bucket they are given', () => {
    const histogram = newHistogram()
    mergeHistogram(histogram, sparse([10, 700_000]), bucketOf(500_000))
    expect(quantileUs(histogram, 0.5)).toBeGreaterThan(499_000)
    expect(quantileUs(histogram, 1)).toBeGreaterThan(699_000)
  })

  it('can be taken apart again', () => {
    const all = newHistogram(3)
    const part = newHistogram(3)
    mergeHistogram(all, sparse([100, 200, 900_000]))
    mergeHistogram(part, sparse([900_000]))
    expect(quantileUs(withoutHistogram(all, part), 1)).toBeLessThan(210)
    expect(countFrom(all, 900_000)).toBe(1)
  })
})

describe('splitAt', () => {
  it.each([
    { threshold: 500_000, note: 'inside a bucket', expected: { over: 1, unsure: 2 } },
    { threshold: 524_288, note: 'the lowest value of a bucket', expected: { over: 1, unsure: 0 } },
  ])('$threshold us, $note', ({ threshold, expected }) => {
    expect(splitAt(sparse([1000, 499_990, 500_001, 800_000]), threshold)).toEqual(expected)
  })
})
