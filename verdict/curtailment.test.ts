import { describe, expect, it } from 'vitest'
import { shareBounds } from './batches.ts'
import { certaintyOf, type SecondSoFar } from './curtailment.ts'
import { seededRandom } from './random.ts'

const allowed = 0.05
const length = 300
const perSecond = 20

/** The steady state at second `at`: so many bad ones a second until then, nothing of what is to come. */
const soFar = (at: number, badIn: (second: number) => number): SecondSoFar[] =>
  Array.from({ length }, (_, second) => {
    const bad = second < at ? badIn(second) : 0
    return { planned: perSecond, bad, good: second < at ? perSecond - bad : 0 }
  })

/** The first second at which it is certain. */
const firstCertain = (badIn: (second: number) => number, limit = allowed) => {
  for (let at = 1; at <= length; at++) {
    const certainty = certaintyOf(soFar(at, badIn), limit)
    if (certainty) return { at, ...certainty }
  }
  return null
}

describe('what nothing that is to come can change', () => {
  it('is a breach that stays proven were all the rest good', () => {
    expect(firstCertain(() => perSecond)).toEqual({
      at: 113,
      result: 'fail',
      text: '2,260 bad of 6,000 planned; were all 3,740 to come good, a share of at least 11.1 % would still be proven bad; at most 5 % is allowed',
    })
  })

  it('is a promise that stays proven whatever the rest are', () => {
    const found = firstCertain(() => 0)
    expect(found).toMatchObject({ result: 'pass' })
    expect(found?.at).toBeGreaterThan(length * 0.95)
    expect(found?.text).toMatch(
      /^0 bad of 6,000 planned; whatever the \d+ to come are, a share of at most [\d.]+ % would still be proven; 5 % is allowed$/,
    )
  })

  it('is nothing that fails less than the bounds would show in any case', () => {
    expect(
      certaintyOf(
        soFar(length, () => Math.round(perSecond * 0.3)),
        allowed,
      ),
    ).toBeNull()
  })

  it('is nothing while the count alone could still turn out either way', () => {
    expect(
      certaintyOf(
        soFar(200, () => 1),
        allowed,
      ),
    ).toBeNull()
    expect(
      certaintyOf(
        soFar(100, () => 2),
        allowed,
      ),
    ).toBeNull()
    expect(
      certaintyOf(
        soFar(0, () => 0),
        allowed,
      ),
    ).toBeNull()
    expect(certaintyOf([], allowed)).toBeNull()
  })

  it('takes what is in flight as it would hurt the claim: good for a breach, bad for a pass', () => {
    const open = (second: SecondSoFar): SecondSoFar => ({ ...second, good: 0, bad: 0 })
    const bad = soFar(113, () => perSecond)
    expect(certaintyOf(bad, allowed)?.result).toBe('fail')
    expect(
      certaintyOf(
        bad.map((second, at) => (at > 100 ? open(second) : second)),
        allowed,
      ),
    ).toBeNull()
    const good = soFar(length, () => 0)
    expect(certaintyOf(good, allowed)?.result).toBe('pass')
    expect(
      certaintyOf(
        good.map((second, at) => (at > 250 ? open(second) : second)),
        allowed,
      ),
    ).toBeNull()
  })

  it('reckons with more to come where more was sent than planned', () => {
    const bad = soFar(113, () => perSecond)
    const twice = bad.map((second, at) => (at < 113 ? { ...second, good: perSecond } : second))
    expect(certaintyOf(twice, allowed)?.text ?? '').not.toContain('6,000 planned')
  })

  it('is not told of a short run: a pass takes as long as any proof', () => {
    const short = soFar(length, () => 0).slice(0, 100)
    expect(certaintyOf(short, allowed)).toBeNull()
    expect(certaintyOf(soFar(3, () => perSecond).slice(0, 3), allowed)).toBeNull()
  })
})

describe('whatever then comes, the whole run is decided so', () => {
  const random = seededRandom(20_261_201)
  /** Futures of every shape: even, rising, in spells of any length, all bad, all good. */
  const futures = Array.from({ length: 400 }, () => {
    const share = random() < 0.2 ? Math.round(random()) : random()
    const [from, to] = [random(), random()].sort((a, b) => a - b)
    const inside = random() < 0.7
    return (position: number): number => {
      const isIn = position >= (from ?? 0) && position <= (to ?? 1)
      return isIn === inside ? share : random() < 0.5 ? 0 : random() * 0.1
    }
  })
  const wholeRun = (at: number, badIn: (second: number) => number, future: (position: number) => number) =>
    soFar(at, badIn).map(({ planned, bad }, second) => ({
      n: planned,
      bad: second < at ? bad : Math.round(planned * future((second - at) / (length - at))),
    }))

  it.each([
    [1, 0.05],
    [0.8, 0.05],
    [0.4, 0.05],
    [0.3, 0.01],
    [0.15, 0.001],
    [1, 0.4],
  ])('a breach with %d of the requests bad, %d allowed', (share, limit) => {
    const bad = () => Math.round(perSecond * share)
    const found = firstCertain(bad, limit)
    expect(found?.result).toBe('fail')
    for (const future of futures) expect(shareBounds(wholeRun(found?.at ?? 0, bad, future)).low).toBeGreaterThan(limit)
  })

  it.each([0, 0.01])('a pass with %d of them bad', (share) => {
    const bad = (second: number) => (second % 5 === 0 ? Math.round(5 * perSecond * share) : 0)
    const found = firstCertain(bad)
    expect(found?.result).toBe('pass')
    for (const future of futures)
      expect(shareBounds(wholeRun(found?.at ?? 0, bad, future)).high).toBeLessThanOrEqual(allowed)
  })
})
