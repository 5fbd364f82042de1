import { describe, expect, it } from 'vitest'
import type { RunSpec } from '../test/fixtures/record.ts'
import {
  defaultStartMs,
  errorObjective,
  latencyObjective,
  makeRecord,
  resilienceObjective,
} from '../test/fixtures/record.ts'
import { judge } from './judge.ts'

/** 10 s warm-up, 40 s steady, faults until 100 s, recovery until 160 s; 15 s of GOOD is stable. */
const run = async (spec: Partial<RunSpec>) => {
  const { plan, events, lines } = makeRecord({
    steadyS: 40,
    faultsS: 50,
    recoveryS: 60,
    streams: [{ perSecond: 100 }],
    objectives: [errorObjective({ targetRatio: 0.99 }), resilienceObjective('recoveryTime', 30_000)],
    ...spec,
  })
  const { verdict } = await judge({ plan, events, lines: lines() })
  return verdict
}

/** The first fault as the first SLI saw it, and what was made of it. */
const first = async (spec: Partial<RunSpec>) => {
  const verdict = await run(spec)
  const fault = verdict.faults[0]
  const sli = fault?.perSli[0]
  if (!fault || !sli) throw new Error('no fault was judged')
  const objective = verdict.objectives.find(({ id }) => id === 'recoveryTime')
  return { verdict, fault, sli, objective }
}

describe('one-shot faults', () => {
  it('absorbed: no impact is recovery time 0 and a pass', async () => {
    const { fault, sli, objective } = await first({ faults: [{ atS: 50 }] })
    expect(sli).toMatchObject({ state: 'absorbed', timeToImpactMs: null, recoveryMs: 0, rtoMs: 0, episodes: 0 })
    expect(fault.text).toMatchObject({ impact: 'none seen', recovery: 'absorbed' })
    expect(objective).toMatchObject({ outcome: 'pass', reasonCode: 'absorbed' })
  })

  it('count from the impact', async () => {
    const { fault, sli, objective } = await first({
      faults: [{ atS: 50 }],
      troubles: [{ kind: 'error', fromS: 50.6, toS: 54.1 }],
    })
    expect(sli.state).toBe('recovered')
    expect(sli.timeToImpactMs).toBeCloseTo(600, 0)
    expect(sli.recoveryMs).toBeCloseTo(3500, 0)
    expect(sli.rtoMs).toBeCloseTo(4100, 0)
    expect(sli).toMatchObject({
      episodes: 1,
      badEvents: 350,
      maxErrorRatio: 1,
      timeToMitigateMs: null,
      resolutionMs: 10,
    })
    expect(fault.text).toMatchObject({
      active: '50.0 s',
      impact: '0.6 s',
      mitigated: '–',
      recovery: '3.5 s ± 0.1',
      rto: '4.1 s',
    })
    expect(objective?.outcome).toBe('pass')
  })

  it('with half of the requests failing, find the edges inside the windows', async () => {
    const { sli } = await first({
      streams: [{ perSecond: 1000 }],
      faults: [{ atS: 50 }],
      troubles: [{ kind: 'error', fromS: 50.6, toS: 54.1, ratio: 0.5 }],
    })
    for (const [range, trueMs] of [
      [sli.ranges?.impact, 600],
      [sli.ranges?.rto, 4100],
    ] as const) {
      expect(range?.low).toBeLessThanOrEqual(trueMs)
      expect(range?.high).toBeGreaterThanOrEqual(trueMs)
      expect((range?.high ?? 0) - (range?.low ?? 0)).toBeLessThan(150)
    }
  })

  it('reach into the seconds beside the BAD windows, whose few bad requests are no proof alone', async () => {
    // Windows turn at 50.75 and 54.75: two bad requests lie before the first, two after the last.
    const { sli } = await first({ faults: [{ atS: 50 }], troubles: [{ kind: 'error', fromS: 50.73, toS: 54.77 }] })
    expect(sli.timeToImpactMs).toBeCloseTo(730, 0)
    expect(sli.rtoMs).toBeCloseTo(4770, 0)
  })

  it('flapping is one recovery to the end of the last stretch, and several episodes', async () => {
    const { sli } = await first({
      faults: [{ atS: 50 }],
      troubles: [
        { kind: 'error', fromS: 51, toS: 54 },
        { kind: 'error', fromS: 60, toS: 63 },
        { kind: 'error', fromS: 70, toS: 72 },
      ],
    })
    expect(sli).toMatchObject({ state: 'recovered', episodes: 3 })
    expect(sli.recoveryMs).toBeCloseTo(21_000, 0)
  })
})

describe('held faults', () => {
  const held = [{ atS: 60, holdS: 20 }]

  it('count from the removal', async () => {
    const { sli } = await first({ faults: held, troubles: [{ kind: 'error', fromS: 60.2, toS: 83.2 }] })
    expect(sli.state).toBe('recovered')
    expect(sli.timeToImpactMs).toBeCloseTo(200, 0)
    expect(sli.recoveryMs).toBeCloseTo(3200, 0)
    expect(sli.rtoMs).toBeCloseTo(23_200, 0)
    expect(sli.timeToMitigateMs).toBeNull()
  })

  it('are mitigated when users are well again while it lasts, and recovered at once', async () => {
    const { fault, sli } = await first({
      faults: [{ atS: 60, holdS: 30 }],
      troubles: [{ kind: 'error', fromS: 60, toS: 65 }],
    })
    expect(sli.timeToMitigateMs).toBeCloseTo(4998, 0)
    expect(sli).toMatchObject({ state: 'recovered', recoveryMs: 0 })
    expect(fault.text.mitigated).toBe('5.0 s')
  })

  it('are not mitigated because requests in flight at the removal turned good', async () => {
    const { sli } = await first({ faults: held, troubles: [{ kind: 'error', fromS: 60, toS: 79.9 }] })
    expect(sli).toMatchObject({ state: 'recovered', recoveryMs: 0, timeToMitigateMs: null })
  })

  it('are absorbed only when they were watched beyond the removal', async () => {
    expect((await first({ faults: held })).sli.state).toBe('absorbed')
    const cut = await first({ faults: held, cutAtS: 90, ended: null })
    expect(cut.sli).toMatchObject({ state: 'not-seen' })
    expect(cut.objective?.outcome).toBe('inconclusive')
  })

  it('slow requests count as well as failed ones', async () => {
    const { sli } = await first({
      objectives: [latencyObjective({ belowMs: 300 }), resilienceObjective('recoveryTime', 30_000)],
      faults: held,
      troubles: [{ kind: 'slow', fromS: 60.1, toS: 81.4, ms: 600 }],
    })
    expect(sli.recoveryMs).toBeCloseTo(1400, 0)
    expect(sli.maxErrorRatio).toBe(0)
    expect((sli.latencyP95Us ?? 0) / 1000).toBeGreaterThan(600)
  })

  it('latencies of a fault that is short for its run are not told: most of a column would be health', async () => {
    const long = { steadyS: 2000, faultsS: 60, recoveryS: 100, streams: [{ perSecond: 5 }] }
    const slow = (fromS: number, toS: number) => ({ kind: 'slow' as const, fromS, toS, ms: 600 })
    const objectives = [latencyObjective({ belowMs: 300 }), resilienceObjective('latencyP95', 500)]
    const short = await first({ ...long, objectives, faults: [{ atS: 2010, holdS: 20 }], troubles: [slow(2010, 2030)] })
    expect(short.sli).toMatchObject({ latencyP95Us: null, latencyP99Us: null })
    expect(short.verdict.objectives[1]).toMatchObject({ outcome: 'no-data' })
    const held = await first({
      ...long,
      faultsS: 300,
      objectives,
      faults: [{ atS: 2010, holdS: 290 }],
      troubles: [slow(2010, 2300)],
    })
    expect((held.sli.latencyP95Us ?? 0) / 1000).toBeGreaterThan(600)
  })

  it('a total hang whose timeouts come late keeps its edges', async () => {
    const { sli } = await first({ faults: held, troubles: [{ kind: 'hang', fromS: 60.1, toS: 82.6, ms: 9000 }] })
    expect(sli.timeToImpactMs).toBeCloseTo(100, 0)
    expect(sli.recoveryMs).toBeCloseTo(2600, 0)
  })

  it('dropped iterations are due requests that went wrong', async () => {
    const { sli } = await first({ faults: held, troubles: [{ kind: 'drop', fromS: 61, toS: 82.5 }] })
    expect(sli).toMatchObject({ state: 'recovered', badEvents: 2150 })
    expect(Math.abs((sli.recoveryMs ?? 0) - 2500)).toBeLessThan(50)
    expect(Math.abs((sli.timeToImpactMs ?? 0) - 1000)).toBeLessThan(50)
  })
})

describe('what was not seen', () => {
  it('never recovered is a lower bound: fail when it exceeds the target, else inconclusive', async () => {
    const troubles = [{ kind: 'error' as const, fromS: 60.5, toS: 999 }]
    const over = await first({ faults: [{ atS: 60, holdS: 20 }], troubles })
    expect(over.sli.state).toBe('not-recovered')
    expect(over.sli.recoveryMs).toBeGreaterThan(79_000)
    expect(over.fault.text.recovery).toMatch(/^not recovered, ≥ 1 min 2\d s$/)
    expect(over.objective).toMatchObject({ outcome: 'fail', reasonCode: 'not-recovered' })
    const under = await first({
      faults: [{ atS: 60, holdS: 20 }],
      troubles,
      objectives: [errorObjective(), resilienceObjective('recoveryTime', 4 * 3_600_000)],
    })
    expect(under.objective).toMatchObject({ outcome: 'inconclusive', reasonCode: 'not-recovered' })
  })

  it('a run that ends before it was stable gives "at least"', async () => {
    const { fault, sli, objective } = await first({
      faults: [{ atS: 60, holdS: 20 }],
      troubles: [{ kind: 'error', fromS: 60, toS: 150 }],
      objectives: [errorObjective(), resilienceObjective('recoveryTime', 120_000)],
    })
    expect(sli.state).toBe('not-seen')
    expect(sli.recoveryMs).toBeCloseTo(69_995, -1)
    expect(fault.text.recovery).toBe('≥ 1 min 10 s')
    expect(objective?.outcome).toBe('inconclusive')
  })

  it('the next injection censors the fault before', async () => {
    const { verdict, sli } = await first({
      faults: [{ atS: 60 }, { atS: 70 }],
      troubles: [
        { kind: 'error', fromS: 61, toS: 65 },
        { kind: 'error', fromS: 71, toS: 73 },
      ],
    })
    expect(sli.state).toBe('not-seen')
    expect(verdict.faults[1]?.perSli[0]).toMatchObject({ state: 'recovered', episodes: 1 })
  })

  it('a gap without load is no recovery', async () => {
    const { sli } = await first({
      faults: [{ atS: 60 }],
      troubles: [
        { kind: 'error', fromS: 61, toS: 65 },
        { kind: 'noLoad', fromS: 70, toS: 999 },
      ],
    })
    expect(sli.state).toBe('not-seen')
  })

  it('a gap inside an outage neither breaks nor lengthens it', async () => {
    const { sli } = await first({
      faults: [{ atS: 60 }],
      troubles: [
        { kind: 'error', fromS: 61, toS: 65 },
        { kind: 'noLoad', fromS: 65, toS: 75 },
        { kind: 'error', fromS: 75, toS: 78 },
      ],
    })
    expect(sli).toMatchObject({ state: 'recovered', episodes: 1 })
    expect(sli.degradedSeconds).toBeLessThan(10)
  })

  it('without any load there is no data', async () => {
    const { sli, objective } = await first({
      faults: [{ atS: 60 }],
      troubles: [{ kind: 'noLoad', fromS: 0, toS: 999 }],
    })
    expect(sli.state).toBe('no-data')
    expect(objective?.outcome).toBe('no-data')
  })

  it('a held fault during which nothing was due has no data: nobody was there to be hurt', async () => {
    const held = { faults: [{ atS: 60, holdS: 20 }] }
    const { sli, objective } = await first({ ...held, troubles: [{ kind: 'noLoad', fromS: 59, toS: 82 }] })
    expect([sli.state, objective?.outcome]).toEqual(['no-data', 'no-data'])
    const felt = await first({
      ...held,
      troubles: [
        { kind: 'noLoad', fromS: 59, toS: 82 },
        { kind: 'error', fromS: 82, toS: 85 },
      ],
    })
    expect(felt.sli.state).toBe('recovered')
  })

  it('what an injection that failed does to users is no steady state', async () => {
    const { plan, events, lines } = makeRecord({
      ...{ steadyS: 40, faultsS: 50, recoveryS: 60, streams: [{ perSecond: 100 }] },
      objectives: [errorObjective({ targetRatio: 0.99 })],
      faults: [{ atS: 60, fate: 'notActive' }],
      troubles: [{ kind: 'error', fromS: 60, toS: 90 }],
    })
    const failed = events.filter(({ type }) => type !== 'fault.injected')
    const { verdict } = await judge({ plan, events: failed, lines: lines() })
    expect(verdict.phases.map(({ phase }) => phase)).toEqual(['warmUp', 'steady', 'fault'])
    expect(verdict).toMatchObject({ result: 'invalid', exitCode: 3 })
    expect(verdict.objectives[0]).toMatchObject({ outcome: 'inconclusive', reasonCode: 'not-recovered' })
  })

  it('a fault that ended before its time proves nothing, and makes the run invalid', async () => {
    const { plan, events, lines } = makeRecord({
      ...{ steadyS: 40, faultsS: 50, recoveryS: 60, streams: [{ perSecond: 100 }] },
      objectives: [errorObjective({ targetRatio: 0.99 }), resilienceObjective('recoveryTime', 30_000)],
      faults: [{ atS: 60, holdS: 20, label: 'CPU stress' }],
    })
    const at = events.findIndex(({ type }) => type === 'fault.removing')
    const ended = {
      atMs: events[at]?.atMs ?? 0,
      type: 'fault.notActive' as const,
      fault: 'f1',
      evidence: 'its process ended',
    }
    const { verdict } = await judge({ plan, events: events.toSpliced(at, 0, ended), lines: lines() })
    expect(verdict.invalidReasons).toEqual(['CPU stress was not active for its whole time: its process ended'])
    expect(verdict).toMatchObject({ result: 'invalid', faults: [{ confirmedActive: false, outcome: 'inconclusive' }] })
  })

  it('a fault whose injection failed halfway and could not be undone taints the run, too', async () => {
    const { plan, events, lines } = makeRecord({
      steadyS: 20,
      faultsS: 10,
      recoveryS: 10,
      stableForS: 3,
      streams: [{ perSecond: 20 }],
      objectives: [latencyObjective()],
      faults: [{ atS: 20, holdS: 5, fate: 'notRemoved' }],
    })
    const halfway = events.filter(({ type }) => type !== 'fault.injected' && type !== 'fault.active')
    const { verdict } = await judge({ plan, events: halfway, lines: lines() })
    expect(verdict).toMatchObject({ exitCode: 5, tainted: true })
  })

  it('a fault that was never removed has no recovery', async () => {
    const { verdict, sli } = await first({ faults: [{ atS: 60, holdS: 20, fate: 'notRemoved' }], ended: 'completed' })
    expect(verdict.exitCode).toBe(5)
    expect(verdict.tainted).toBe(true)
    expect(verdict.faults[0]?.checkBy).toEqual(['ps -p 7'])
    expect(sli.state).toBe('absorbed')
    const unproven = await first({ faults: [{ atS: 60, holdS: 20, fate: 'unproven' }] })
    expect(unproven.verdict.result).toBe('inconclusive')
  })
})

describe('special cases', () => {
  it('overlapping faults are one group', async () => {
    const verdict = await run({
      faults: [{ atS: 60, holdS: 20 }, { atS: 65 }, { atS: 70, holdS: 15 }],
      troubles: [{ kind: 'error', fromS: 60.5, toS: 87 }],
    })
    expect(verdict.faults.map((fault) => fault.group)).toEqual([
      ['f1', 'f2', 'f3'],
      ['f1', 'f2', 'f3'],
      ['f1', 'f2', 'f3'],
    ])
    for (const fault of verdict.faults) expect(fault.perSli[0]?.recoveryMs).toBeCloseTo(2000, 0)
    expect(verdict.cannotTell.join(' ')).toContain(
      '① latency api → postgres and ② kill worker-1 and ③ latency api → postgres overlap',
    )
  })

  it.each([
    { name: 'two kills', first: {}, second: {} },
    { name: 'a kill and a held one', first: {}, second: { holdS: 20 } },
    { name: 'a held one and a kill', first: { holdS: 20 }, second: {} },
    { name: 'two kills half a second apart', first: {}, second: {}, apartS: 0.5 },
  ])(
    '$name, planned for the same second, are one group, whichever call came first',
    async ({ first, second, apartS = 0 }) => {
      for (const later of ['f1', 'f2']) {
        const { plan, events, lines } = makeRecord({
          ...{ steadyS: 40, faultsS: 50, recoveryS: 60, streams: [{ perSecond: 100 }] },
          objectives: [errorObjective({ targetRatio: 0.99 }), resilienceObjective('recoveryTime', 30_000)],
          faults: [
            { atS: 60, ...first },
            { atS: 60 + apartS, ...second },
          ],
          troubles: [{ kind: 'error', fromS: 60.5, toS: 64 }],
        })
        const called = events.map((event) =>
          event.type === 'fault.injected' && event.fault === later
            ? { ...event, calledAtMs: event.calledAtMs + 1, repliedAtMs: event.repliedAtMs + 1 }
            : event,
        )
        const { verdict } = await judge({ plan, events: called, lines: lines() })
        expect(verdict.faults.map(({ group }) => group.toSorted())).toEqual([
          ['f1', 'f2'],
          ['f1', 'f2'],
        ])
        for (const fault of verdict.faults) expect(fault.perSli[0]?.state).toBe('recovered')
      }
    },
  )

  it('one request per second still gives edges to the second', async () => {
    const { sli } = await first({
      streams: [{ perSecond: 1 }],
      faults: [{ atS: 60 }],
      troubles: [{ kind: 'error', fromS: 62, toS: 95 }],
      objectives: [errorObjective({ targetRatio: 0.95 }), resilienceObjective('recoveryTime', 60_000)],
    })
    expect(sli.state).toBe('recovered')
    expect(sli.timeToImpactMs).toBeCloseTo(2000, -1)
    expect(sli.recoveryMs).toBeCloseTo(33_000, -1)
    // Half of the sum of both gaps: the recovery of a one-shot counts from its impact.
    expect(sli.resolutionMs).toBe(1000)
  })

  it('an SLI with too few requests cannot show a recovery, and the report says so', async () => {
    const { verdict } = await first({
      streams: [{ perSecond: 100 }, { perSecond: 0.05, name: 'rare', scenario: 'rare' }],
      faults: [{ atS: 60 }],
      objectives: [
        errorObjective({ names: ['GET /'] }),
        errorObjective({ id: 'rare', names: ['rare'] }),
        resilienceObjective('recoveryTime', 1),
      ],
    })
    expect(verdict.faults[0]?.perSli.map((sli) => sli.objective)).toEqual(['errors'])
    expect(verdict.cannotTell.join(' ')).toContain('too few to see it with')
  })

  it('detection follows the burn rate, and the budget the production traffic', async () => {
    const { sli } = await first({
      objectives: [latencyObjective({ percentile: 99 }), resilienceObjective('budgetConsumed', 0.5)],
      faults: [{ atS: 60 }],
      troubles: [{ kind: 'error', fromS: 60, toS: 75 }],
    })
    // 14.4 x 1 % of a minute at 100/s are 864 bad ones: reached in the ninth second.
    expect(sli.timeToDetectMs).toBeGreaterThan(8000)
    expect(sli.timeToDetectMs).toBeLessThan(10_000)
    expect(sli.budgetConsumedRatio).toBeCloseTo(1500 / (0.01 * 100 * 28 * 86_400), 9)
    expect(sli.resilienceLossSeconds).toBeCloseTo(15, 1)
  })

  it('losses: RPO from the injection or the newest lost write back to the oldest', async () => {
    const verdict = await run({
      faults: [{ atS: 60 }, { atS: 100 }],
      objectives: [errorObjective(), resilienceObjective('lostWrites', 0), resilienceObjective('rpo', 900_000)],
      audit: { lostCount: 14, oldestLostAtS: 98.5, newestLostAtS: 100.5 },
    })
    // The first fault was over at once: what the second one lost was perhaps not yet stored.
    expect(verdict.faults.map((fault) => fault.lostWrites)).toEqual([0, 14])
    expect(verdict.faults[1]?.rpoMs).toBe(2000)
    expect(verdict.sentence).toBe('14 acknowledged writes were lost under ② kill worker-1; the objective allows none.')
  })

  it('losses acknowledged before the injection: the RPO reaches from the injection back', async () => {
    const verdict = await run({ faults: [{ atS: 60 }], audit: { lostCount: 3, oldestLostAtS: 58, newestLostAtS: 59 } })
    expect(verdict.faults[0]).toMatchObject({ lostWrites: 3, rpoMs: 2000 })
  })

  it('phases follow what happened', async () => {
    const { verdict } = await first({
      faults: [{ atS: 60, holdS: 20 }],
      troubles: [{ kind: 'error', fromS: 60.2, toS: 83.2 }],
    })
    expect(verdict.startedAtMs).toBe(defaultStartMs)
    expect(verdict.phases.map(({ phase, endMs }) => `${phase} ${Math.round(endMs / 100) / 10}`)).toEqual([
      'warmUp 10',
      'steady 60',
      'fault 83.2',
      'recovered 160',
    ])
    expect(verdict.objectives[0]).toMatchObject({ outcome: 'pass', reason: expect.stringContaining('0 bad of') })
  })
})
