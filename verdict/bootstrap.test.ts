import { describe, expect, it } from 'vitest'
import { bounds } from './binomial.ts'
import type { Block } from './bootstrap.ts'
import { blockBounds } from './bootstrap.ts'
import { seededRandom } from './random.ts'

const blocks = (count: number, block: (at: number) => Block): Block[] =>
  Array.from({ length: count }, (_, at) => block(at))

describe('blockBounds', () => {
  it('is left out below 10 blocks with requests in them', () => {
    expect(blockBounds(blocks(9, () => ({ n: 100, bad: 5 })))).toBeNull()
    expect(blockBounds(blocks(30, (at) => ({ n: at < 9 ? 100 : 0, bad: 0 })))).toBeNull()
    expect(blockBounds([])).toBeNull()
  })

  it('gives the same bounds for the same blocks', () => {
    const same = blocks(20, (at) => ({ n: 100, bad: at % 7 }))
    expect(blockBounds(same)).toEqual(blockBounds(same))
  })

  it('agrees with the binomial where requests are independent', () => {
    const random = seededRandom(11)
    const independent = blocks(200, () => ({
      n: 500,
      bad: Array.from({ length: 500 }, random).filter((x) => x < 0.05).length,
    }))
    const bad = independent.reduce((sum, block) => sum + block.bad, 0)
    const exact = bounds(bad, 100_000)
    const found = blockBounds(independent)
    expect(found?.low).toBeCloseTo(exact.low, 3)
    expect(found?.high).toBeCloseTo(exact.high, 3)
  })

  it('is much wider where bad requests come together', () => {
    const clustered = blocks(40, (at) => ({ n: 500, bad: at === 7 ? 500 : 0 }))
    const exact = bounds(500, 20_000)
    const found = blockBounds(clustered)
    expect((found?.high ?? 0) - (found?.low ?? 0)).toBeGreaterThan(5 * (exact.high - exact.low))
  })
})
