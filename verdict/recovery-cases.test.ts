import { describe, expect, it } from 'vitest'
import type { RunSpec } from '../test/fixtures/record.ts'
import { errorObjective, latencyObjective, makeRecord, resilienceObjective } from '../test/fixtures/record.ts'
import { judge } from './judge.ts'
import { unrecovered } from './unrecovered.ts'

const judged = async (spec: Partial<RunSpec>, calls: { inject?: number; remove?: number } = {}) => {
  const { plan, events, lines } = makeRecord({
    ...{ warmUpS: 2, steadyS: 40, faultsS: 10, recoveryS: 50, stableForS: 10, streams: [{ perSecond: 100 }] },
    objectives: [errorObjective(), resilienceObjective('recoveryTime', 5_000)],
    ...spec,
  })
  const slow = events.map((event) => {
    const widthS = event.type === 'fault.injected' ? calls.inject : event.type === 'fault.removed' ? calls.remove : 0
    return widthS && 'repliedAtMs' in event ? { ...event, repliedAtMs: event.calledAtMs + widthS * 1000 } : event
  })
  const { verdict } = await judge({ plan, events: slow, lines: lines() })
  const sli = verdict.faults[0]?.perSli[0]
  if (!sli) throw new Error('no SLI was judged')
  return { verdict, sli, objective: (id: string) => verdict.objectives.find((one) => one.id === id) }
}

const held = [{ atS: 42, holdS: 4 }]

it.each([3, 40])(
  'charges a kill with what is felt before its call has replied, after %d s of steady state',
  async (steadyS) => {
    const atS = 2 + steadyS
    const { sli } = await judged(
      { steadyS, faults: [{ atS }], troubles: [{ kind: 'refused', fromS: atS + 0.015, toS: atS + 1 }] },
      { inject: 0.036 },
    )
    expect(sli).toMatchObject({ state: 'recovered', episodes: 1 })
    expect(sli.recoveryMs).toBeGreaterThan(900)
    expect(sli.recoveryMs).toBeLessThan(1_100)
  },
)

describe('a fault whose effect is not over', () => {
  const forGood = { faults: held, troubles: [{ kind: 'error' as const, fromS: 42.1, toS: 999 }] }

  it.each([
    ['no objective for it', [errorObjective(), latencyObjective()]],
    ['one for lost writes only', [errorObjective(), resilienceObjective('lostWrites', 0)]],
    [
      'an advisory one',
      [errorObjective(), { ...resilienceObjective('recoveryTime', 500_000), gate: 'advisory' as const }],
    ],
    [
      'one of another SLI',
      [
        errorObjective(),
        latencyObjective({ id: 'other', names: ['other'] }),
        { ...resilienceObjective('recoveryTime', 500_000), sliIds: ['other'] },
      ],
    ],
  ])('leaves the run inconclusive at best, with %s', async (_name, objectives) => {
    const streams = [{ perSecond: 100 }, { perSecond: 50, name: 'other', scenario: 'other' }]
    const troubles = forGood.troubles.map((trouble) => ({ ...trouble, names: ['GET /'] }))
    const { verdict } = await judged({ ...forGood, troubles, streams, objectives, audit: {} })
    expect(verdict.result).not.toBe('pass')
    expect(verdict.exitCode).not.toBe(0)
  })

  it('is the first thing that is said, and no service level passes on its steady state alone', async () => {
    const { verdict, objective } = await judged({ ...forGood, objectives: [errorObjective()] })
    expect(verdict.sentence).toContain('GET / has not recovered: 100 % bad')
    expect(objective('errors')).toMatchObject({ outcome: 'inconclusive', proven: false, reasonCode: 'not-recovered' })
    expect(objective('errors')?.reason).toMatch(/in the fault phase 5,990 bad of /)
  })

  it('is over where the next fault ends the view and users are well after that one', async () => {
    const { verdict } = await judged({
      objectives: [errorObjective()],
      faults: [{ atS: 42 }, { atS: 48 }],
      troubles: [{ kind: 'error', fromS: 42, toS: 50 }],
    })
    const [first, second] = verdict.faults
    expect([first?.perSli[0]?.state, second?.perSli[0]?.state]).toEqual(['not-recovered', 'recovered'])
    expect(unrecovered(verdict.faults, new Set(['errors']))).toEqual([])
    expect(unrecovered(verdict.faults.slice(0, 1), new Set(['errors']))).toHaveLength(1)
  })

  it('is watched on an advisory SLI that a required recovery objective names', async () => {
    const advisory = { ...errorObjective(), gate: 'advisory' as const }
    const recovery = { ...resilienceObjective('recoveryTime', 5_000), sliIds: ['errors'] }
    const spec = { objectives: [advisory, recovery], steadyS: 130, faults: [{ atS: 132, holdS: 8 }] }
    const outage = (toS: number) => [{ kind: 'error' as const, fromS: 133, toS }]
    const { verdict } = await judged({ ...spec, troubles: outage(141) })
    expect(verdict.result, verdict.sentence).toBe('pass')
    expect((await judged({ ...spec, troubles: outage(999) })).verdict.result).not.toBe('pass')
  })

  it('is not watched where no required objective watches users, which is said', async () => {
    const advisory = { ...errorObjective(), gate: 'advisory' as const }
    const { plan, events, lines } = makeRecord({
      ...{ steadyS: 130, recoveryS: 60, streams: [{ perSecond: 100 }], faults: [{ atS: 140 }], audit: {} },
      objectives: [advisory, resilienceObjective('lostWrites', 0), resilienceObjective('recoveryTime', 5_000)],
    })
    const { verdict } = await judge({ plan, events, lines: lines() })
    expect(verdict.result).toBe('inconclusive')
    expect(`${verdict.sentence} ${verdict.detail}`).toContain('no required objective watches users')
    expect(verdict.objectives[2]?.reason).toContain('no required objective watches users')
  })

  it('could not be seen to be over: the load ended too early', async () => {
    const noLoad = { kind: 'noLoad' as const, fromS: 52, toS: 999 }
    const { verdict, sli } = await judged({
      objectives: [errorObjective()],
      faults: held,
      troubles: [{ kind: 'error', fromS: 42, toS: 46 }, noLoad],
    })
    expect(sli.state).toBe('not-seen')
    expect(verdict.result).not.toBe('pass')
  })
})

describe('low rates', () => {
  it.each([
    { perSecond: 0.5, lengthS: 12 },
    { perSecond: 1, lengthS: 6 },
    { perSecond: 2, lengthS: 3 },
    { perSecond: 5, lengthS: 1.2 },
  ])('a total outage of $lengthS s at $perSecond/s is seen, and its length told', async ({ perSecond, lengthS }) => {
    const { sli, objective } = await judged({
      ...{ steadyS: 200, recoveryS: 200, streams: [{ perSecond }] },
      faults: [{ atS: 202, holdS: 4 }],
      troubles: [{ kind: 'error', fromS: 206.3, toS: 206.3 + lengthS }],
      objectives: [errorObjective(), resilienceObjective('recoveryTime', lengthS * 500)],
    })
    expect(sli.state).toBe('recovered')
    expect(objective('recoveryTime')?.outcome).toBe('fail')
    expect(Math.abs(sli.degradedSeconds - lengthS)).toBeLessThanOrEqual(1 / perSecond)
    expect(sli.ranges?.degradedSeconds.low).toBeLessThanOrEqual(lengthS)
    expect(sli.ranges?.degradedSeconds.high).toBeGreaterThanOrEqual(lengthS)
  })

  it('an outage that the rate cannot show is not called absent where the objective does not allow it', async () => {
    const quiet = { streams: [{ perSecond: 1 }], faults: held, steadyS: 40 }
    const tight = await judged({ ...quiet, objectives: [errorObjective(), resilienceObjective('recoveryTime', 2_000)] })
    expect(tight.sli).toMatchObject({ state: 'cannot-tell', shortestVisibleMs: 5_000 })
    expect(tight.objective('recoveryTime')).toMatchObject({ outcome: 'inconclusive', reasonCode: 'rate-too-low' })
    expect(tight.objective('recoveryTime')?.reason).toContain('a rate 2.5 times as high would show it')
    const loose = await judged({
      ...quiet,
      objectives: [errorObjective(), resilienceObjective('recoveryTime', 20_000)],
    })
    expect(loose.objective('recoveryTime')).toMatchObject({ outcome: 'pass', reasonCode: 'absorbed' })
  })

  it('single bad requests while the fault is held are more than usual, not too low a rate', async () => {
    const { sli, objective } = await judged({
      ...{ streams: [{ perSecond: 1 }], steadyS: 200, faultsS: 40, recoveryS: 100 },
      faults: [{ atS: 202, holdS: 30 }],
      troubles: [206, 214, 222].map((fromS) => ({ kind: 'error', fromS, toS: fromS + 1 })),
      objectives: [errorObjective(), resilienceObjective('recoveryTime', 20_000)],
    })
    expect(sli).toMatchObject({ state: 'cannot-tell', episodes: 0 })
    expect(objective('recoveryTime')).toMatchObject({ outcome: 'inconclusive', reasonCode: 'more-bad-than-usual' })
  })
})

describe('an outage that cannot be seen', () => {
  const slow = { ...{ steadyS: 200, recoveryS: 100, streams: [{ perSecond: 0.5 }] }, faults: [{ atS: 202, holdS: 8 }] }
  const hit = { ...slow, troubles: [{ kind: 'error' as const, fromS: 202.2, toS: 206.2 }] }

  it.each(['degradedSeconds', 'resilienceLoss'] as const)('is no proof of 0 %s', async (measure) => {
    for (const spec of [hit, slow]) {
      const { sli, objective } = await judged({
        ...spec,
        objectives: [errorObjective(), resilienceObjective(measure, 1_000)],
      })
      expect(sli).toMatchObject({ state: 'cannot-tell', episodes: 0 })
      const reasonCode = spec === hit ? 'more-bad-than-usual' : 'rate-too-low'
      expect(objective(measure)).toMatchObject({ outcome: 'inconclusive', reasonCode, proven: false })
      expect(sli.ranges?.degradedSeconds).toEqual({ low: 0, high: spec === hit ? null : 10 })
    }
    const loose = await judged({ ...slow, objectives: [errorObjective(), resilienceObjective(measure, 20_000)] })
    expect(loose.objective(measure)).toMatchObject({ outcome: 'pass', reasonCode: 'absorbed' })
  })

  it('has its loss told, in what was measured', async () => {
    const { sli } = await judged({
      ...hit,
      objectives: [errorObjective(), resilienceObjective('resilienceLoss', 1_000)],
    })
    expect(sli.resilienceLossSeconds).toBeGreaterThan(0)
  })
})

describe('partial outages', () => {
  it('half of the requests failing: the range holds the true end, and the unfavourable end decides', async () => {
    const half = {
      streams: [{ perSecond: 5 }],
      faults: [{ atS: 42, holdS: 8 }],
      troubles: [{ kind: 'error' as const, fromS: 42, toS: 52.3, ratio: 0.5 }],
    }
    const { sli, objective } = await judged({
      ...half,
      objectives: [errorObjective(), resilienceObjective('recoveryTime', 1_000)],
    })
    const { low = 0, high = 0 } = sli.ranges?.recovery ?? {}
    expect(low).toBeLessThanOrEqual(2300)
    expect(high).toBeGreaterThanOrEqual(2300)
    expect(objective('recoveryTime')?.outcome).not.toBe('pass')
    const loose = await judged({ ...half, objectives: [errorObjective(), resilienceObjective('recoveryTime', 8_000)] })
    expect(loose.objective('recoveryTime')?.outcome).toBe('pass')
    const within = await judged({ ...half, objectives: [errorObjective(), resilienceObjective('recoveryTime', 2_400)] })
    expect(within.objective('recoveryTime')).toMatchObject({ outcome: 'inconclusive', reasonCode: 'not-resolved' })
  })

  it('the tail of an outage belongs to it, at a share of its own', async () => {
    const { sli } = await judged({
      faults: held,
      troubles: [
        { kind: 'error', fromS: 42, toS: 46 },
        { kind: 'error', fromS: 46, toS: 52, ratio: 0.2 },
      ],
    })
    const { low = 0, high = 0 } = sli.ranges?.recovery ?? {}
    expect(low).toBeGreaterThan(5_000)
    expect(low).toBeLessThanOrEqual(6_000)
    expect(high).toBeGreaterThanOrEqual(6_000)
  })
})

describe('trouble of the steady state', () => {
  const stalls = (until: number, everyS: number, lengthS: number) =>
    Array.from({ length: Math.floor(until / everyS) }, (_, i) => ({
      ...{ kind: 'slow' as const, ms: 600, fromS: 3 + i * everyS, toS: 3 + i * everyS + lengthS },
    }))
  const objectives = [latencyObjective({ percentile: 90 }), resilienceObjective('recoveryTime', 5_000)]

  it('a stall each 10 s before, during and after a fault that does nothing is not charged to it', async () => {
    const { sli, objective } = await judged({ objectives, faults: held, troubles: stalls(100, 10, 0.2) })
    expect(sli).toMatchObject({ state: 'absorbed', episodes: 0 })
    expect(sli.usualEpisodes).toBeGreaterThanOrEqual(5)
    expect(objective('recoveryTime')?.outcome).toBe('pass')
  })

  it('does not hide an outage that is longer', async () => {
    const outage = { kind: 'error' as const, fromS: 46, toS: 52.4 }
    const { sli, objective } = await judged({ objectives, faults: held, troubles: [outage, ...stalls(100, 10, 0.2)] })
    expect(sli.recoveryMs).toBeCloseTo(6400, -2)
    expect(objective('recoveryTime')?.outcome).toBe('fail')
  })

  it('does not hide the same stalls when they come more often', async () => {
    const often = [
      ...stalls(42, 10, 0.2),
      ...stalls(42, 2, 0.2).map((one) => ({ ...one, fromS: one.fromS + 41, toS: one.toS + 41 })),
    ]
    const { sli } = await judged({ objectives, faults: held, troubles: often })
    expect(sli.state).not.toBe('absorbed')
    expect(sli.ranges?.recovery.high).toBeGreaterThan(30_000)
  })

  it('cannot be told from the fault where the steady state was shorter than the time between two', async () => {
    const { objective } = await judged({
      ...{ objectives, steadyS: 8, faultsS: 10, recoveryS: 60 },
      faults: [{ atS: 10, holdS: 4 }],
      troubles: [20, 40, 60].map((fromS) => ({ kind: 'slow', ms: 600, fromS, toS: fromS + 0.2 })),
    })
    expect(objective('recoveryTime')).toMatchObject({ outcome: 'inconclusive', reasonCode: 'cannot-tell' })
  })
})

describe('an outage that begins at an edge of the fault', () => {
  const one = { ...{ steadyS: 300, recoveryS: 200, streams: [{ perSecond: 50 }] }, stableForS: 10 }
  const error = (fromS: number, lengthS: number) => ({ kind: 'error' as const, fromS, toS: fromS + lengthS })
  const objectives = [errorObjective(), resilienceObjective('recoveryTime', 1_000)]

  it.each([
    ['the injection', [{ atS: 302 }], error(302.05, 5.85)],
    ['the removal', [{ atS: 302, holdS: 8 }], error(310.05, 5.85)],
  ])(
    'is not usual trouble because the steady state had an outage of that length: %s',
    async (_what, faults, outage) => {
      const { sli, objective } = await judged({ ...one, objectives, faults, troubles: [error(100, 4), outage] })
      expect(sli).toMatchObject({ state: 'cannot-tell', episodes: 1, usualEpisodes: 0 })
      expect(objective('recoveryTime')).toMatchObject({ outcome: 'inconclusive', reasonCode: 'cannot-tell' })
      expect(sli.ranges?.recovery.high).toBeGreaterThan(5_500)
    },
  )

  it('is usual trouble where it begins long after', async () => {
    const { sli } = await judged({
      ...one,
      objectives,
      faults: [{ atS: 302 }],
      troubles: [error(100, 4), error(400, 5)],
    })
    expect(sli).toMatchObject({ state: 'absorbed', episodes: 0, usualEpisodes: 1 })
  })
})

describe('too many bad requests under a fault to call it absorbed', () => {
  const stall = (fromS: number) => ({ kind: 'error' as const, fromS, toS: fromS + 1.6 })

  it.each([
    ['without a stall', []],
    ['with a usual stall long after the fault', [stall(60), stall(260)]],
  ])('%s', async (_what, stalls) => {
    const { sli, objective } = await judged({
      ...{ seed: 3, steadyS: 200, recoveryS: 120, streams: [{ perSecond: 5 }], faults: [{ atS: 202, holdS: 8 }] },
      troubles: [...stalls, { kind: 'error', fromS: 202.2, toS: 211.5, ratio: 0.12 }],
      objectives: [errorObjective(), resilienceObjective('recoveryTime', 2_000)],
    })
    expect(sli).toMatchObject({ state: 'cannot-tell', episodes: 0, usualEpisodes: stalls.length / 2 })
    expect(objective('recoveryTime')?.outcome).toBe('inconclusive')
  })
})

describe('slow calls', () => {
  it('an edge is the whole call, and the unfavourable end decides', async () => {
    const objectives = [
      errorObjective(),
      resilienceObjective('recoveryTime', 5_000),
      resilienceObjective('rto', 12_000),
    ]
    const { sli, objective } = await judged(
      { objectives, faults: [{ atS: 42, holdS: 8 }], troubles: [{ kind: 'error', fromS: 42, toS: 56 }] },
      { inject: 6, remove: 6 },
    )
    // Users were hit at once, so the injection had taken effect when its call began: 14 s, whatever its length.
    expect(objective('rto')).toMatchObject({ outcome: 'fail', measured: { text: '14.0 s ± 0.1' } })
    expect(sli.ranges?.recovery.low).toBeCloseTo(0, -2)
    expect(sli.ranges?.recovery.high).toBeCloseTo(6000, -2)
    expect(objective('recoveryTime')).toMatchObject({ outcome: 'inconclusive', measured: { text: '3.0 s ± 3.1' } })
  })
})
