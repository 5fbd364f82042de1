import { describe, expect, it } from 'vitest'
import { allowedRatio, bounds, prove, samplesNeeded } from './binomial.ts'
import { binomialMass, lowerTail, upperTail } from './special.ts'

describe('prove', () => {
  it.each([
    [-1, 10],
    [11, 10],
    [0.5, 10],
    [Number.NaN, 10],
    [0, Number.POSITIVE_INFINITY],
  ])('refuses %d bad of %d', (bad, n) => {
    expect(() => prove(bad, n, 0.05)).toThrow(RangeError)
  })

  it('proves nothing from nothing', () => {
    expect(prove(0, 0, 0.05)).toBe('not-proven')
  })

  it.each([
    { n: 59, passUpTo: 0, failFrom: 7 },
    { n: 1000, passUpTo: 38, failFrom: 63 },
    { n: 10_000, passUpTo: 463, failFrom: 537 },
  ])('p95 with $n samples: pass up to $passUpTo slow, fail from $failFrom', ({ n, passUpTo, failFrom }) => {
    const allowed = allowedRatio(0.95)
    expect(prove(passUpTo, n, allowed)).toBe('proven-pass')
    expect(prove(passUpTo + 1, n, allowed)).toBe('not-proven')
    expect(prove(failFrom - 1, n, allowed)).toBe('not-proven')
    expect(prove(failFrom, n, allowed)).toBe('proven-fail')
  })

  it('proves the breach of a target of 1 with one bad event, and never a pass', () => {
    expect(prove(1, 1_000_000, 0)).toBe('proven-fail')
    expect(prove(0, 1_000_000, 0)).toBe('not-proven')
  })
})

describe('samplesNeeded', () => {
  it.each([
    [0.95, 0, 59],
    [0.99, 0, 299],
    [0.999, 0, 2995],
    [0.999, 1, 4742],
    [0.999, 2, 6294],
    [0.999, 3, 7752],
    [0.999, 5, 10_511],
    [0.999, 10, 16_959],
  ])('target %d with %d bad: %d', (target, bad, needed) => {
    expect(samplesNeeded(target, bad)).toBe(needed)
    expect(prove(bad, needed, allowedRatio(target))).toBe('proven-pass')
    expect(prove(bad, needed - 1, allowedRatio(target))).toBe('not-proven')
  })

  it('has no number for a target of 1', () => {
    expect(samplesNeeded(1)).toBeNull()
  })
})

/** Upper bounds by @stdlib/stats-base-dists-beta-quantile 0.2.3 (0.95, k + 1, n - k). */
describe('bounds', () => {
  it.each([
    [0, 59, 0.04950760988822693],
    [38, 1000, 0.04951287025592598],
    [463, 10_000, 0.04990562290310849],
    [5_000_000, 100_000_000, 0.05003586337247589],
    [4_998_000, 100_000_000, 0.05001585657970413],
    [10, 100_000_000, 1.696221865151208e-7],
    [1000, 100_000_000, 0.00001053602839750569],
  ])('upper bound of %d in %d', (bad, n, high) => {
    expect(bounds(bad, n).high / high).toBeCloseTo(1, 9)
  })

  it('is symmetric', () => {
    for (const [bad, n] of [
      [0, 59],
      [7, 59],
      [38, 1000],
      [999, 1000],
      [12_345, 1_000_000],
    ] as const) {
      expect(bounds(bad, n).low).toBeCloseTo(1 - bounds(n - bad, n).high, 12)
    }
  })
})

describe('tails', () => {
  it('agree with the plain sum', () => {
    for (const n of [1, 2, 7, 20, 59, 300]) {
      for (const p of [0.001, 0.05, 0.3, 0.5, 0.9, 0.999]) {
        let sum = 0
        for (let k = n; k >= 0; k--) {
          let choose = 1
          for (let i = 0; i < k; i++) choose = (choose * (n - i)) / (i + 1)
          const mass = choose * p ** k * (1 - p) ** (n - k)
          expect(binomialMass(k, n, p)).toBeCloseTo(mass, 12)
          sum += mass
          expect(upperTail(k, n, p)).toBeCloseTo(sum, 11)
          expect(lowerTail(k - 1 < 0 ? 0 : k - 1, n, p)).toBeCloseTo(k === 0 ? binomialMass(0, n, p) : 1 - sum, 10)
        }
      }
    }
  })

  it('keep small tails exact: 0.05^20', () => {
    expect(upperTail(20, 20, 0.05) / 0.05 ** 20).toBeCloseTo(1, 10)
  })
})
