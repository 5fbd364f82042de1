import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { CapacitySpec, CapacityStep } from '../model/capacity.ts'
import { confirmedFactor, isSettled, nextFactor, capacityOf as saidOf } from './capacity.ts'

const step = (factor: number, state: CapacityStep['state'], more: Partial<CapacityStep> = {}): CapacityStep => ({
  factor,
  state,
  reason: state === 'held' ? '' : `because of ${state}`,
  offeredPerSecond: factor * 100,
  achievedPerSecond: factor * 100,
  p50Ms: 5,
  p95Ms: 10,
  errorRatio: 0,
  saturation: [],
  ...more,
})

/** What is said of them, where 4 is the highest rate that was asked for unless told. */
const capacityOf = (steps: CapacityStep[], upTo = 4) => saidOf(steps, upTo)

/** A system that holds up to `capacity`, searched to the end. */
const search = (spec: CapacitySpec, stateAt: (factor: number) => CapacityStep['state']): CapacityStep[] => {
  const steps: CapacityStep[] = []
  for (let factor = nextFactor(steps, spec); factor !== null; factor = nextFactor(steps, spec)) {
    steps.push(step(factor, stateAt(factor)))
  }
  return steps
}

describe('the search', () => {
  it('ends with an interval that holds the capacity and is as narrow as was asked for, wherever it lies', () => {
    fc.assert(
      fc.property(fc.double({ min: 0.1, max: 31, noNaN: true }), (capacity) => {
        const steps = search({ upTo: 32, growth: 2, precisionRatio: 0.1 }, (factor) =>
          factor <= capacity ? 'held' : 'broke',
        )
        const { interval, limit } = capacityOf(steps)
        expect(limit).toBe('objective')
        expect(interval.low ?? 0).toBeLessThanOrEqual(capacity * 100)
        expect(interval.high ?? 0).toBeGreaterThan(capacity * 100)
        expect((interval.high ?? 0) / (interval.low ?? 1)).toBeLessThanOrEqual(1.1001)
        expect(steps.length).toBeLessThanOrEqual(16)
      }),
    )
  })

  it('goes no further than it was told, and says that nothing broke', () => {
    const steps = search({ upTo: 6 }, () => 'held')
    expect(steps.map(({ factor }) => factor)).toEqual([1, 2, 4, 6])
    expect(capacityOf(steps, 6)).toMatchObject({
      limit: 'maximum',
      interval: { low: 600, high: null, text: '[600, ∞]' },
      sentence: 'Holds 600/s [600, ∞]; nothing broke up to the highest rate that was asked for.',
    })
  })

  it('goes down where the first rate does not hold, and gives up at a thirty-second of it', () => {
    expect(capacityOf(search({ upTo: 8 }, (factor) => (factor < 0.3 ? 'held' : 'broke'))).holdsPerSecond).toBeLessThan(
      30,
    )
    const none = search({ upTo: 8 }, () => 'broke')
    expect(none.map(({ factor }) => factor)).toEqual([1, 0.5, 0.25, 0.125, 0.0625, 0.03125])
    expect(capacityOf(none)).toMatchObject({ holdsPerSecond: null, sentence: expect.stringMatching(/^Holds no rate/) })
    expect(confirmedFactor(none)).toBe(0.03125)
  })

  it('takes an undecided rate for no bound: it goes on above it until one breaks, then comes near from above', () => {
    const spec = { from: 1, upTo: 16, growth: 2, precisionRatio: 0.12 }
    const steps = search(spec, (factor) => (factor === 4 ? 'unclear' : factor < 4 ? 'held' : 'broke'))
    expect(steps.map(({ factor }) => Number(factor.toFixed(2)))).toEqual([
      1, 2, 4, 2.83, 3.36, 3.67, 8, 5.66, 4.76, 4.36,
    ])
    expect(capacityOf(steps)).toMatchObject({ limit: 'objective', interval: { text: '[367, 436]' } })
  })

  it('goes above an undecided rate no further than it was told', () => {
    const steps = search({ upTo: 3, precisionRatio: 1 }, (factor) => (factor === 2 ? 'unclear' : 'held'))
    expect(steps.map(({ factor }) => factor)).toEqual([1, 2, 3])
    expect(capacityOf(steps)).toMatchObject({ limit: 'unclear', interval: { text: '[100, ∞]' } })
  })

  it('does not go down while nothing broke: lower rates have fewer requests to decide by', () => {
    const none = search({ upTo: 8 }, () => 'unclear')
    expect(none.map(({ factor }) => factor)).toEqual([1, 2, 4, 8])
    expect(capacityOf(none).sentence).toMatch(/^No rate that was tried is known to hold; at 100\/s it is not decided/)
  })

  it('finds the capacity above rates that had too few requests to decide', () => {
    const steps = search({ upTo: 16 }, (factor) => (factor < 3 ? 'unclear' : factor <= 6 ? 'held' : 'broke'))
    expect(Math.min(...steps.map(({ factor }) => factor))).toBe(1)
    const { limit, interval } = capacityOf(steps)
    expect(limit).toBe('objective')
    expect(interval.low).toBeGreaterThan(540)
    expect(interval.low).toBeLessThanOrEqual(600)
    expect(interval.high).toBeGreaterThan(600)
    expect(confirmedFactor(steps) * 100).toBe(interval.low)
  })

  it('goes down from an undecided rate when one above it broke', () => {
    const spec = { upTo: 16, precisionRatio: 1 }
    const steps = search(spec, (factor) => (factor < 0.3 ? 'held' : factor < 3 ? 'unclear' : 'broke'))
    expect(steps.map(({ factor }) => factor)).toEqual([1, 2, 4, 0.5, 0.25])
    expect(capacityOf(steps)).toMatchObject({ limit: 'objective', interval: { text: '[25, 400]' } })
  })

  const states = fc.array(fc.constantFrom<CapacityStep['state'][]>('held', 'broke', 'unclear', 'not-offered'), {
    minLength: 1,
    maxLength: 40,
  })
  const ratios = fc.constantFrom(0.05, 0.1, 0.5, 1)

  it('ends whatever the steps say, tries no rate twice, and calls none held from a proven break on', () => {
    fc.assert(
      fc.property(states, ratios, (answers, precisionRatio) => {
        const pending = [...answers]
        const steps = search({ upTo: 20, precisionRatio }, () => pending.shift() ?? 'unclear')
        const factors = steps.map(({ factor }) => factor)
        expect(steps.length).toBeLessThanOrEqual(16)
        expect(new Set(factors).size).toBe(factors.length)
        expect(Math.max(...factors)).toBeLessThanOrEqual(20)
        expect(Math.min(...factors)).toBeGreaterThanOrEqual(1 / 32)
        const lowestBroken = Math.min(...steps.filter(({ state }) => state === 'broke').map(({ factor }) => factor))
        expect((capacityOf(steps).holdsPerSecond ?? 0) / 100).toBeLessThan(lowestBroken)
      }),
    )
  })

  it('ends with its confirming runs, whatever they say, and what it then calls held is what they confirmed', () => {
    fc.assert(
      fc.property(states, ratios, (answers, precisionRatio) => {
        const pending = [...answers]
        const spec = { upTo: 20, precisionRatio }
        const steps: CapacityStep[] = []
        const tryAt = (factor: number) => steps.push(step(factor, pending.shift() ?? 'unclear'))
        let confirmed = 0
        do {
          expect(steps.length).toBeLessThan(40)
          for (let factor = nextFactor(steps, spec); factor !== null; factor = nextFactor(steps, spec)) tryAt(factor)
          confirmed = confirmedFactor(steps)
          tryAt(confirmed)
        } while (!isSettled(steps, spec))
        const { holdsPerSecond } = capacityOf(steps)
        if (holdsPerSecond !== null) expect(holdsPerSecond).toBe(confirmed * 100)
      }),
      { numRuns: 1000 },
    )
  })

  it('ends above an undecided rate where the generator gives out', () => {
    const spec = { upTo: 64, precisionRatio: 1 }
    const steps = search(spec, (factor) => (factor === 2 ? 'unclear' : factor < 8 ? 'held' : 'not-offered'))
    expect(steps.map(({ factor }) => factor)).toEqual([1, 2, 4, 8])
  })

  it('ends after 16 steps, however fine it was asked to be', () => {
    const steps = search({ upTo: 1000, growth: 1.01, precisionRatio: 0.01 }, () => 'held')
    expect(steps).toHaveLength(16)
    // The run that confirms the last rate is none of its own.
    const last = steps.at(-1)?.factor ?? 0
    expect(capacityOf([...steps, step(last, 'held')], 1000)).toMatchObject({
      limit: 'unclear',
      sentence:
        'Holds 116/s [116, ∞]; nothing broke, but the search ended after 16 rates, below the highest that was asked for.',
    })
  })
})

describe('what is said', () => {
  it('names what held, what broke and where', () => {
    const { sentence } = capacityOf([step(4, 'held'), step(8, 'broke'), step(4.3, 'broke', { reason: 'p95: 840 ms' })])
    expect(sentence).toBe('Holds 400/s [400, 430], breaks at 430/s on p95: 840 ms.')
  })

  it('leaves the interval open where the generator gave out: that is not the system', () => {
    const { limit, interval, sentence } = capacityOf([
      step(1, 'held'),
      step(2, 'not-offered', { reason: 'k6 used 91 % of its CPU' }),
    ])
    expect({ limit, high: interval.high }).toEqual({ limit: 'generator', high: null })
    expect(sentence).toBe(
      'Holds 100/s [100, ∞]; where it breaks is not known: the load generator could not offer 200/s (k6 used 91 % of its CPU).',
    )
  })

  it('an undecided rate lies inside the interval, which reaches to the lowest proven breach', () => {
    const { interval, limit } = capacityOf([step(1, 'held'), step(2, 'broke'), step(1.5, 'unclear')])
    expect({ limit, text: interval.text }).toEqual({ limit: 'objective', text: '[100, 200]' })
    expect(capacityOf([step(1, 'held'), step(1.5, 'unclear')])).toMatchObject({
      limit: 'unclear',
      interval: { high: null },
    })
  })

  it('a rate that held once and broke once does not hold, and one lucky step above a breach proves nothing', () => {
    expect(capacityOf([step(1, 'held'), step(2, 'held'), step(2, 'broke')]).holdsPerSecond).toBe(100)
    expect(capacityOf([step(1, 'held'), step(2, 'broke'), step(4, 'held')]).interval.text).toBe('[100, 200]')
  })
})

describe('the knee', () => {
  const curve = (points: [factor: number, p95Ms: number][]) =>
    capacityOf(points.map(([factor, p95Ms]) => step(factor, p95Ms > 500 ? 'broke' : 'held', { p95Ms }))).knee

  it('is where latency begins to grow faster than load', () => {
    expect(
      curve([
        [1, 8],
        [2, 8.2],
        [3, 8.6],
        [4, 10],
        [5, 300],
        [6, 900],
      ]),
    ).toEqual({ perSecond: 400, p95Ms: 10, text: 'The knee is near 400/s (p95 10 ms).' })
  })

  it('is none on a straight line, a flat one, or with too few points', () => {
    expect(
      curve([
        [1, 10],
        [2, 20],
        [3, 40],
        [4, 80],
        [5, 160],
      ]),
    ).toBeNull()
    expect(
      curve([
        [1, 10],
        [2, 11],
        [3, 10],
        [4, 12],
      ]),
    ).toBeNull()
    expect(
      curve([
        [1, 10],
        [2, 900],
      ]),
    ).toBeNull()
  })
})

describe('the bottleneck', () => {
  const used = (factor: number, ratio: number, resource = 'CPU of api') =>
    step(factor, 'held', { saturation: [{ resource, ratio }] })

  it('is the resource that is used up first as the rate rises', () => {
    expect(capacityOf([used(4, 1, 'connection pool of api'), used(2, 0.93), used(1, 0.4)]).bottleneck).toBe(
      'First used up: CPU of api, at 200/s (93 % used).',
    )
  })

  it('is said not to be among what was sampled', () => {
    expect(capacityOf([used(1, 0.2), used(2, 0.4)]).bottleneck).toMatch(
      /^No sampled resource was used up; nearest was CPU of api with 40 %/,
    )
    expect(capacityOf([step(1, 'held')]).bottleneck).toBe('Nothing was sampled of the components.')
  })
})
