import { describe, expect, it } from 'vitest'
import type { EdgeCell } from './edges.ts'
import { calibrateEdges } from './edges.ts'

const records = 40
const one = { background: 0, shape: 'one' } as const

describe('ends of outages', () => {
  it.each<EdgeCell>([
    { perSecond: 1, share: 1, ...one },
    { perSecond: 2, share: 0.5, ...one },
    { perSecond: 20, share: 0.2, ...one },
    { perSecond: 200, share: 0.15, ...one },
    { perSecond: 20, share: 0.5, background: 0.03, shape: 'one' },
    { perSecond: 100, share: 0.5, background: 0.03, shape: 'one' },
    { perSecond: 20, share: 1, background: 0, shape: 'flapping' },
  ])('are where they were planted: %j', async (cell) => {
    const { told, held, absorbed, falsePasses } = await calibrateEdges(cell, records)
    expect(told).toBeGreaterThan(records / 2)
    // 95 % hold: among so many, more than four that do not have a chance below 5 %.
    expect(told - held).toBeLessThanOrEqual(4)
    expect(absorbed).toBe(0)
    expect(falsePasses).toBe(0)
  })
})
