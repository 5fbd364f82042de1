import { describe, expect, it } from 'vitest'
import type { Batch } from './batches.ts'
import { shareBounds, widestReach } from './batches.ts'
import { bounds } from './binomial.ts'
import { seededRandom } from './random.ts'
import { student95 } from './special.ts'

const seconds = (length: number, second: (at: number) => Batch): Batch[] =>
  Array.from({ length }, (_, at) => second(at))

const drawn = (random: () => number, n: number, share: number): Batch => {
  let bad = 0
  for (let i = 0; i < n; i++) if (random() < share) bad++
  return { n, bad }
}

describe('bounds of a share', () => {
  it('are the exact ones where nothing varies, and where there are too few seconds to cut', () => {
    expect(shareBounds(seconds(60, () => ({ n: 50, bad: 2 })))).toEqual({ ...bounds(120, 3000), worth: 3000 })
    expect(shareBounds(seconds(60, () => ({ n: 50, bad: 0 })))).toEqual({ ...bounds(0, 3000), worth: 3000 })
    expect(shareBounds(seconds(3, (at) => ({ n: 50, bad: 10 * at })))).toEqual({ ...bounds(30, 150), worth: 150 })
    expect(shareBounds([])).toEqual({ low: 0, high: 1, worth: 0 })
  })

  it('are never narrower than the exact ones, and a little wider where requests are independent', () => {
    const random = seededRandom(3)
    for (let trial = 0; trial < 20; trial++) {
      const some = seconds(300, () => drawn(random, 50, 0.05))
      const exact = bounds(
        some.reduce((sum, { bad }) => sum + bad, 0),
        15_000,
      )
      const found = shareBounds(some)
      expect(found.low).toBeLessThanOrEqual(exact.low)
      expect(found.high).toBeGreaterThanOrEqual(exact.high)
      expect(found.high - found.low).toBeLessThan(4 * (exact.high - exact.low))
    }
  })

  it('are much wider where bad requests come together: as those of few independent requests', () => {
    const found = shareBounds(seconds(200, (at) => ({ n: 50, bad: at >= 50 && at < 58 ? 50 : 0 })))
    expect(found.worth).toBeLessThan(20)
    expect(found.high).toBeGreaterThan(0.1)
  })

  it('are no wider than if all requests of a batch were one', () => {
    const found = shareBounds(seconds(60, (at) => ({ n: 50, bad: at < 30 ? 0 : 50 })))
    expect(found.low).toBeCloseTo(bounds(4, 8).low, 6)
    expect(found.high).toBeCloseTo(bounds(4, 8).high, 6)
  })

  it('leave seconds without requests out', () => {
    const some = seconds(60, (at) => ({ n: 50, bad: at % 7 }))
    const gaps = some.flatMap((second) => [second, { n: 0, bad: 0 }])
    expect(shareBounds(gaps)).toEqual(shareBounds(some))
  })
})

it('Student’s t is that of the tables', () => {
  const table = { 3: 2.353, 4: 2.132, 5: 2.015, 6: 1.943, 7: 1.895, 9: 1.833, 30: 1.697 }
  for (const [freedom, t] of Object.entries(table)) expect(student95(Number(freedom))).toBeCloseTo(t, 2)
})

it('nothing is told by fewer items than batches', () => {
  expect(widestReach([1, 2, 3], () => 1)).toBe(0)
  expect(widestReach([1, 2, 3, 4], () => 1)).toBeGreaterThan(0)
})
