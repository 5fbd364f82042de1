import { describe, expect, it } from 'vitest'
import { seededRandom } from '../random.ts'
import { Sums } from './counts.ts'
import { findShift, likelihoodRatio, scoreNeeded } from './shift.ts'

type Random = () => number
/** Share of bad requests of each second. */
type Law = (random: Random, seconds: number) => number[]

const constant =
  (share: number): Law =>
  (_, seconds) =>
    new Array(seconds).fill(share)

/** Two shares that take turns, with a mean dwell in seconds. */
const spells =
  (low: number, high: number, dwellS: number): Law =>
  (random, seconds) => {
    let isHigh = random() < 0.5
    return Array.from({ length: seconds }, () => {
      if (random() < 1 / dwellS) isHigh = !isHigh
      return isHigh ? high : low
    })
  }

const stalls: Law = (random, seconds) => {
  const phase = Math.floor(random() * 10)
  return Array.from({ length: seconds }, (_, at) => ((at + phase) % 10 === 0 ? 0.7 : 0))
}

const draw = (random: Random, perSecond: number, shares: readonly number[]): Sums => {
  const due = new Uint32Array(shares.length).fill(perSecond)
  const bad = Uint32Array.from(shares, (share) => {
    let count = 0
    for (let i = 0; i < perSecond; i++) if (random() < share) count++
    return count
  })
  return new Sums({ due, bad })
}

const search = (referenceS: number, viewS: number, stable = 5) => ({
  reference: () => ({ from: 0, to: referenceS }),
  view: { from: referenceS, to: referenceS + viewS },
  allowed: 0.05,
  least: scoreNeeded(2),
  stable,
})

const found = (runs: number, perSecond: number, law: Law, referenceS = 60, viewS = 60): number => {
  let count = 0
  for (let run = 0; run < runs; run++) {
    const random = seededRandom(run * 7919 + perSecond)
    if (findShift(draw(random, perSecond, law(random, referenceS + viewS)), search(referenceS, viewS))) count++
  }
  return count
}

/** One share, and from the 31st second on another. */
const after30 =
  (before: number, after: number): Law =>
  (_, seconds) =>
    Array.from({ length: seconds }, (_, at) => (at < 30 ? before : after))

describe('nothing changes', () => {
  // 200 runs each; at most 1 % may be found. Dwells up to a twentieth of the run.
  it.each<[string, Law, number, number]>([
    ['no errors', constant(0), 100, 60],
    ['0.1 % at random', constant(0.001), 100, 60],
    ['1 % at random', constant(0.01), 20, 60],
    ['5 % at random', constant(0.05), 50, 60],
    ['30 % at random', constant(0.3), 8, 60],
    ['spells of 5 s, 3 and 7 %', spells(0.03, 0.07, 5), 50, 60],
    ['spells of 5 s, 0 and 10 %', spells(0, 0.1, 5), 50, 60],
    ['spells of 15 s, 3 and 7 %', spells(0.03, 0.07, 15), 50, 150],
    ['a stall of 0.7 s each 10 s', stalls, 100, 60],
  ])('%s', (_, law, perSecond, spanS) => {
    expect(found(200, perSecond, law, spanS, spanS)).toBeLessThanOrEqual(2)
  })
})

describe('errors that never end', () => {
  it.each([
    [0.08, 20],
    [0.1, 20],
    [0.12, 20],
    [0.08, 100],
    [0.12, 100],
  ])('%d after a clean steady state at %d/s: found in each of 200 runs', (share, perSecond) => {
    expect(found(200, perSecond, after30(0, share), 30, 30)).toBe(200)
  })

  it('are not seen where they ended, and open where they ended a moment ago', () => {
    const outage =
      (toS: number): Law =>
      (_, seconds) =>
        Array.from({ length: seconds }, (_, at) => (at >= 65 && at < toS ? 0.4 : 0.001))
    expect(found(100, 50, outage(80))).toBe(0)
    const random = seededRandom(3)
    const sums = draw(random, 50, outage(118)(random, 120))
    expect(findShift(sums, search(60, 60))).toMatchObject({ fading: true })
  })
})

describe('likelihoodRatio', () => {
  it('is the log of two shares against one, and 0 for the better side', () => {
    const ratio = likelihoodRatio({ bad: 10, due: 100 }, { bad: 1, due: 100 })
    const one = 11 * Math.log(11 / 200) + 189 * Math.log(189 / 200)
    const two = 10 * Math.log(0.1) + 90 * Math.log(0.9) + Math.log(0.01) + 99 * Math.log(0.99)
    expect(ratio).toBeCloseTo(two - one, 10)
    expect(likelihoodRatio({ bad: 1, due: 100 }, { bad: 10, due: 100 })).toBe(0)
    expect(likelihoodRatio({ bad: 0, due: 0 }, { bad: 10, due: 100 })).toBe(0)
  })
})
