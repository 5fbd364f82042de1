import { expect, test } from 'vitest'
import type { CapacityStep } from '../../model/capacity.ts'
import { searchCapacity } from '../../scripts/capacity.ts'
import { capacityOf } from '../../verdict/capacity.ts'
import { p95Below } from './planted/objectives.ts'
import { runPlanted } from './planted/run.ts'
import { type TrueStep, trueStep } from './planted/steps.ts'
import { quantile } from './planted/truth.ts'

/** Two workers at 25 ms each; what a timer adds to that is the machine's, so the server's own log is asked. */
const workers = 2
const serviceMs = 25
const limitMs = 200
const upTo = 16
const plants = { '/line': { latency: { kind: 'fixed' as const, ms: serviceMs }, workers } }

const rising: CapacityStep['state'][] = ['held', 'unclear', 'broke']

test('the planted capacity of a server lies in the interval that the search finds', {
  timeout: 400_000,
}, async (ctx) => {
  const truths: TrueStep[] = []
  const { steps } = await searchCapacity({ from: 2, upTo, growth: 2, precisionRatio: 0.12 }, async (factor, n) => {
    const result = await runPlanted({
      name: `capacity-${n}`,
      scenarios: ['line'],
      rateFactor: factor,
      plants,
      warmUpMs: 1000,
      steadyMs: 12_000,
      objectives: [p95Below('GET /line', limitMs)],
    })
    truths.push(trueStep(result, limitMs, serviceMs))
    return { ...result.point, factor } satisfies CapacityStep
  })

  // Whatever the machine did: each step is what its own log says.
  for (const [i, { state, reason, offeredPerSecond }] of steps.entries()) {
    const truth = truths[i] as TrueStep
    const words = `step ${i + 1} ${state} (${reason}); its log: ${JSON.stringify(truth)}`
    if (state === 'not-offered') expect(truth.missingRatio, words).toBeGreaterThan(0.005)
    else {
      const [least, most] = truth.states.map((one) => rising.indexOf(one))
      expect(rising.indexOf(state), words).toBeGreaterThanOrEqual(least ?? Number.NaN)
      expect(rising.indexOf(state), words).toBeLessThanOrEqual(most ?? Number.NaN)
    }
    expect(Math.abs(offeredPerSecond / truth.perSecond - 1), words).toBeLessThan(0.02)
  }
  const missing = truths.find((_, i) => steps[i]?.state === 'not-offered')?.missingRatio
  ctx.skip(
    missing !== undefined,
    `k6 was held up: ${((missing ?? 0) * 100).toFixed(1)} % of a step's requests never came`,
  )

  const capacity = capacityOf(steps, upTo)
  const { low, high } = capacity.interval
  expect(capacity.limit, capacity.sentence).toBe('objective')
  const ofState = (wanted: CapacityStep['state']) => truths.filter((_, i) => steps[i]?.state === wanted)
  const fullRates = ofState('broke').flatMap((truth) => truth.fullRates)
  ctx.skip(fullRates.length === 0, `the machine broke each step, the server had no line for long: ${capacity.sentence}`)
  const trueRate = quantile(fullRates, 0.5)
  const words = `${capacity.sentence} The server did ${trueRate.toFixed(1)}/s.`
  expect(trueRate, words).toBeLessThan(workers * 40)
  // One number is the capacity only of a server that was as fast in every step. A line that grows by 1 % of the rate
  // takes longer than a step to pass 200 ms, so 3 % are none.
  const held = Math.max(...ofState('held').map(({ perSecond }) => perSecond))
  const broke = Math.min(...ofState('broke').map(({ perSecond }) => perSecond))
  const unlike = `by its log, it held ${held.toFixed(1)}/s and broke at ${broke.toFixed(1)}/s`
  ctx.skip(held > trueRate * 1.03 || broke < trueRate * 0.97, `the machine's speed changed: ${words} But ${unlike}`)
  expect(low ?? Number.NaN, words).toBeLessThanOrEqual(trueRate * 1.03)
  expect(high ?? Number.NaN, words).toBeGreaterThanOrEqual(trueRate * 0.97)
  // A rate at the capacity itself may stay undecided: then there is a step's precision on each side of it.
  const undecided = steps.filter(
    ({ state, offeredPerSecond }) =>
      state === 'unclear' && offeredPerSecond > (low ?? 0) && offeredPerSecond < (high ?? 0),
  ).length
  expect((high ?? Number.NaN) / (low ?? 0), capacity.sentence).toBeLessThan(1.12 ** Math.max(2, 1 + undecided) + 0.01)
})
