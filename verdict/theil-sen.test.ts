import { expect, it } from 'vitest'
import { seededRandom } from './random.ts'
import { theilSen } from './theil-sen.ts'

const gaussian = (random: () => number): number =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())

/** A series without any slope, whose values are alike for a twentieth of its length. */
const wandering = (seed: number, length: number): number[] => {
  const random = seededRandom(seed)
  const memory = Math.exp(-20 / length)
  let state = gaussian(random)
  return Array.from({ length }, () => {
    state = memory * state + Math.sqrt(1 - memory ** 2) * gaussian(random)
    return state
  })
}

it('a slope is seldom proven of what only wanders', () => {
  const [records, length] = [300, 300]
  let proven = 0
  for (let seed = 1; seed <= records; seed++) {
    const slope = theilSen(
      Array.from({ length }, (_, at) => at),
      wandering(seed, length),
    )
    if ((slope?.low ?? 1) > 0) proven++
  }
  expect(proven / records).toBeLessThanOrEqual(0.06)
})

it('a planted slope is proven, also with a sawtooth on it', () => {
  const time = Array.from({ length: 300 }, (_, at) => at)
  const slope = theilSen(
    time,
    time.map((at) => 3 * at + 40 * ((at % 15) / 15)),
  )
  expect(slope?.slope).toBeCloseTo(3, 1)
  expect(slope?.low).toBeGreaterThan(2.8)
  expect(slope?.high).toBeLessThan(3.2)
})
