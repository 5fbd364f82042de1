import { describe, expect, it } from 'vitest'
import { latencyObjective, makeRecord } from '../../test/fixtures/record.ts'
import { judge } from '../../verdict/judge.ts'
import { seededRandom } from '../../verdict/random.ts'
import type { Cell, Counted } from './cells.ts'
import { allCells, isGoal } from './cells.ts'
import { judgeCell } from './judge-cell.ts'
import type { LawName } from './laws.ts'
import { drawRun, laws } from './laws.ts'
import { broken } from './tables.ts'

const [seed, records] = [1, 200]
const base: Cell = { law: 'independent', scale: 0, seconds: 300, perSecond: 50, times: 1 }

describe('a short calibration', () => {
  it.each<Partial<Cell>>([
    {},
    { law: 'spells 0 and 2', scale: 5, seconds: 120 },
    { law: 'spells 0.6 and 1.4', scale: 10 },
    { law: 'AR(1)', scale: 10, perSecond: 20 },
    { law: 'periodic stalls', scale: 10 },
    { law: 'bursts', scale: 10 },
    { law: 'drift', seconds: 120 },
    { law: 'spells 0 and 2', scale: 10, times: 2 },
  ])('keeps the promise: %j', async (some) => {
    const cell = { ...base, ...some }
    expect(isGoal(cell)).toBe(true)
    expect(broken(await judgeCell(cell, records, seed))).toBeNull()
  })

  it('calls what the rule before let pass broken', async () => {
    const counted = await judgeCell({ ...base, law: 'spells 0 and 2', scale: 15 }, records, seed)
    const before: Counted = { ...counted, provenPass: counted.oldPass, provenFail: counted.oldFail }
    expect(broken(before)).toMatch(/false passes/)
  })

  it.each([60, 120])(
    'of outages of 5 s in %i s lets less than half pass of what the rule before did',
    async (seconds) => {
      const { provenPass, oldPass } = await judgeCell({ ...base, law: 'outages', scale: 5, seconds }, records, seed)
      expect(oldPass).toBeGreaterThan(0.3 * records)
      expect(provenPass).toBeLessThan(oldPass / 2)
    },
  )

  it('decides: of 300 s with 3 % bad, where 5 % are allowed, all are proven', async () => {
    expect((await judgeCell({ ...base, times: 0.6 }, 50, seed)).provenPass).toBe(50)
    expect((await judgeCell({ ...base, times: 2 }, 50, seed)).provenFail).toBe(50)
  })
})

it.each([
  { seconds: 5, runs: 200 },
  { seconds: 30, runs: 60 },
])('the interval of a percentile holds it: $seconds s of independent requests', async ({ seconds, runs }) => {
  const truthMs = 50 * Math.exp(0.5 * 1.644_853_6)
  let covered = 0
  for (let run = 0; run < runs; run++) {
    const { plan, events, lines } = makeRecord({
      ...{ seed: run + 1, warmUpS: 0, steadyS: seconds, objectives: [latencyObjective()] },
      streams: [{ perSecond: 100, medianMs: 50, sigma: 0.5 }],
    })
    const { interval } = (await judge({ plan, events, lines: lines() })).verdict.objectives[0] ?? {}
    if ((interval?.low ?? 0) <= truthMs && truthMs <= (interval?.high ?? Number.POSITIVE_INFINITY)) covered++
  }
  expect(covered / runs).toBeGreaterThanOrEqual(0.93)
})

describe('the laws', () => {
  it.each(Object.keys(laws) as LawName[])('%s has the share that it is asked for', (law) => {
    const random = seededRandom(7)
    const scale = 'plain' in laws[law] ? 0 : 1
    let bad = 0
    for (let run = 0; run < 200; run++)
      bad += drawRun(laws[law], { seconds: 300, perSecond: 20, share: 0.05, scale }, random).bad.reduce(
        (a, b) => a + b,
        0,
      )
    expect(bad / (200 * 300 * 20)).toBeGreaterThan(0.045)
    expect(bad / (200 * 300 * 20)).toBeLessThan(0.055)
  })

  it('cover the grid: 2,400 kinds of run', () => {
    expect(allCells()).toHaveLength(5 * 3 * 5 * (2 + 6 * 5))
  })
})
