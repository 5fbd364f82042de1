import { expect, it } from 'vitest'
import { errorObjective, latencyObjective, makeRecord } from '../test/fixtures/record.ts'
import { brokenSeconds } from './broken-seconds.ts'
import { judge } from './judge.ts'

const columns = (due: number[], bad: number[]) => ({
  length: due.length,
  due: Uint32Array.from(due),
  bad: Uint32Array.from(bad),
})
const always = () => true

it('a second breaks the target where so many bad requests are no chance, and needs enough of them', () => {
  const seconds = columns([100, 100, 3, 100, 0], [5, 18, 3, 70, 0])
  expect(brokenSeconds(seconds, 0.05, always, 10)).toMatchObject({
    counted: 3,
    broken: 2,
    worst: { bad: 70, due: 100, atS: 13 },
    text: '2 of 3 seconds break the target (66.7 %); worst 70 % bad (70 of 100) at 13 s',
  })
  expect(brokenSeconds(seconds, 0.05, (at) => at === 2, 0)).toBeNull()
})

it('where nothing may be bad, one bad request breaks its second', () => {
  expect(brokenSeconds(columns([1, 1], [0, 1]), 0, always, 0)).toMatchObject({ counted: 2, broken: 1 })
})

it('a p95 that holds over stalls tells of them, phase by phase', async () => {
  const { plan, events, lines } = makeRecord({
    warmUpS: 2,
    steadyS: 60,
    streams: [{ perSecond: 100 }],
    objectives: [latencyObjective(), errorObjective()],
    troubles: [12, 32, 52].map((fromS) => ({ kind: 'slow', fromS, toS: fromS + 0.7, ms: 900 })),
  })
  const { verdict } = await judge({ plan, events, lines: lines() })
  const [latency, errors] = verdict.objectives
  expect(verdict.result).toBe('pass')
  expect(latency?.hidden).toMatch(/^but \d of \d+ seconds break the target/)
  expect(latency?.phases.find(({ phase }) => phase === 'steady')?.seconds?.broken).toBeGreaterThanOrEqual(3)
  expect(errors).not.toHaveProperty('hidden')
})
