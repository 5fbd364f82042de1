import { expect, it } from 'vitest'
import type { RunEvent } from '../model/event.ts'
import { latencyObjective, makeRecord } from '../test/fixtures/record.ts'
import { judge } from './judge.ts'

/** A run at 400/s that a guard stops after so many seconds; 10 s of warm-up, then 20 s of steady state. */
const stoppedByGuard = async (afterS: number) => {
  const { plan, events, lines } = makeRecord({
    warmUpS: 10,
    steadyS: 20,
    streams: [{ perSecond: 400 }],
    objectives: [latencyObjective()],
    cutAtS: afterS,
  })
  const atMs = (events.find(({ type }) => type === 'load.started')?.atMs ?? 0) + afterS * 1000
  const end: RunEvent[] = [
    { atMs, type: 'guard.tripped', guard: 'errors > 50 %', evidence: '80 %' },
    { atMs, type: 'load.ended', exitCode: 0, signal: null },
    { atMs, type: 'run.ended', reason: 'guard' },
  ]
  const capacity = { factor: 4, upTo: 16, steps: [] }
  return judge({ plan: { ...plan, capacity }, events: [...events, ...end], lines: lines() })
}

it('a step that a guard stops in its warm-up broke at the rate that was planned', async () => {
  const { point, verdict } = await stoppedByGuard(6)
  expect(point).toMatchObject({ state: 'broke', offeredPerSecond: 400, achievedPerSecond: 0, p95Ms: null })
  expect(verdict.capacity).toMatchObject({
    interval: { text: '[0, 400]' },
    sentence: expect.stringMatching(/breaks at 400\/s on/),
  })
})

it('a step that got as far as its steady state has the rate that was offered there', async () => {
  const { point } = await stoppedByGuard(20)
  expect(point.offeredPerSecond).toBeGreaterThan(390)
  expect(point.achievedPerSecond).toBeGreaterThan(390)
})
