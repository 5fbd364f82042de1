import { expect, test } from 'vitest'
import type { CapacityStep } from '../../model/capacity.ts'
import { searchCapacity } from '../../scripts/capacity.ts'
import { capacityOf } from '../../verdict/capacity.ts'
import { p95Below } from './planted/objectives.ts'
import { runPlanted } from './planted/run.ts'
import { truthOf } from './planted/truth.ts'

/** Two workers at 25 ms each; what a timer adds to that is the machine's, so the server's own log is asked. */
const workers = 2
const upTo = 16
const plants = { '/line': { latency: { kind: 'fixed' as const, ms: 25 }, workers } }

/** What the server answered per second while requests waited in line: no more is in it. */
const fullRate = (recordDir: string): number => {
  const answered = truthOf(recordDir, '/line')
    .map(({ answeredUs }) => answeredUs)
    .sort((a, b) => a - b)
  // The first seconds fill the line, the last ones empty it.
  const middle = answered.slice(Math.floor(answered.length * 0.3), Math.floor(answered.length * 0.9))
  return (middle.length - 1) / (((middle.at(-1) ?? 0) - (middle[0] ?? 0)) / 1e6)
}

test('the planted capacity of a server lies in the interval that the search finds', { timeout: 400_000 }, async () => {
  const trueRates: number[] = []
  const { steps } = await searchCapacity({ from: 2, upTo, growth: 2, precisionRatio: 0.12 }, async (factor, n) => {
    const { point, recordDir } = await runPlanted({
      name: `capacity-${n}`,
      scenarios: ['line'],
      rateFactor: factor,
      plants,
      warmUpMs: 1000,
      steadyMs: 12_000,
      objectives: [p95Below('GET /line', 200)],
    })
    if (point.state === 'broke') trueRates.push(fullRate(recordDir))
    return { ...point, factor } satisfies CapacityStep
  })
  const capacity = capacityOf(steps, upTo)
  const trueRate = trueRates.reduce((sum, rate) => sum + rate, 0) / trueRates.length
  const words = `${capacity.sentence} The server did ${trueRate.toFixed(1)}/s.`
  expect(capacity.limit, words).toBe('objective')
  expect(trueRate, words).toBeLessThan(workers * 40)
  // A line that grows by 1 % of the rate takes longer than a step to pass 200 ms.
  expect(capacity.interval.low ?? Number.NaN, words).toBeLessThanOrEqual(trueRate * 1.03)
  expect(capacity.interval.high ?? Number.NaN, words).toBeGreaterThanOrEqual(trueRate * 0.97)
  // A rate at the capacity itself may stay undecided: then there is a step's precision on each side of it.
  expect((capacity.interval.high ?? Number.NaN) / (capacity.interval.low ?? Number.NaN), words).toBeLessThan(
    1.12 ** 2 + 0.01,
  )
})
