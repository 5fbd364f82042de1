import { describe, expect, it } from 'vitest'
import type { RunEvent } from '../model/event.ts'
import type { Objective } from '../model/objective.ts'
import type { RunSpec } from '../test/fixtures/record.ts'
import {
  defaultStartMs,
  errorObjective,
  latencyObjective,
  makeRecord,
  resilienceObjective,
} from '../test/fixtures/record.ts'
import { judge } from './judge.ts'

const judged = (spec: Partial<RunSpec>) => {
  const { plan, events, lines } = makeRecord({
    warmUpS: 5,
    steadyS: 60,
    streams: [{ perSecond: 50 }],
    objectives: [latencyObjective()],
    ...spec,
  })
  return judge({ plan, events, lines: lines() })
}
const judgeRun = async (spec: Partial<RunSpec>) => (await judged(spec)).verdict

const withFault: Partial<RunSpec> = {
  steadyS: 30,
  faultsS: 20,
  recoveryS: 30,
  faults: [{ atS: 40, holdS: 5 }],
  objectives: [latencyObjective(), resilienceObjective('recoveryTime', 10_000)],
}

it('the bands of the charts have the names of the faults; reports number them', async () => {
  const { verdict, charts } = await judged(withFault)
  expect(charts.faultBands.map(({ id, label }) => [id, label])).toEqual(
    verdict.faults.map(({ id, label }) => [id, label]),
  )
})

describe('exit codes, the first that applies', () => {
  const breach = { streams: [{ perSecond: 50, slowRatio: 0.2 }] }
  it.each<{ name: string; spec: Partial<RunSpec>; result: string; exitCode: number }>([
    { name: 'a healthy run', spec: {}, result: 'pass', exitCode: 0 },
    { name: 'a healthy run with a fault', spec: withFault, result: 'pass', exitCode: 0 },
    { name: 'a breach', spec: breach, result: 'fail', exitCode: 1 },
    { name: 'no requests at all', spec: { streams: [] }, result: 'inconclusive', exitCode: 3 },
    {
      name: 'a required objective without data',
      spec: { objectives: [latencyObjective(), latencyObjective({ id: 'x', names: ['GET /x'] })] },
      result: 'inconclusive',
      exitCode: 3,
    },
    {
      name: 'a fault that never was active',
      spec: { ...withFault, faults: [{ atS: 40, holdS: 5, fate: 'notActive' }] },
      result: 'invalid',
      exitCode: 3,
    },
    {
      name: 'a proven breach where the rest is invalid',
      spec: { ...withFault, ...breach, faults: [{ atS: 40, holdS: 5, fate: 'notActive' }] },
      result: 'fail',
      exitCode: 1,
    },
    { name: 'a guard, whatever failed', spec: { ...breach, ended: 'guard' }, result: 'fail', exitCode: 4 },
    { name: 'an interruption', spec: { ended: 'interrupted' }, result: 'inconclusive', exitCode: 130 },
    {
      name: 'a fault that is still there, even after an interruption',
      spec: { ...withFault, ended: 'interrupted', faults: [{ atS: 40, holdS: 5, fate: 'notRemoved' }] },
      result: 'inconclusive',
      exitCode: 5,
    },
    { name: 'a record without an end', spec: { ended: null }, result: 'inconclusive', exitCode: 3 },
    { name: 'a record cut short', spec: { cutAtS: 40 }, result: 'inconclusive', exitCode: 3 },
    { name: 'a record cut before the load', spec: { cutAtS: -0.5 }, result: 'inconclusive', exitCode: 3 },
    {
      name: 'skipped faults',
      spec: { ...withFault, faults: [{ atS: 40, holdS: 5, fate: 'skipped' }] },
      result: 'inconclusive',
      exitCode: 3,
    },
    {
      name: 'no required objective',
      spec: { objectives: [{ ...latencyObjective(), gate: 'advisory' } as Objective] },
      result: 'inconclusive',
      exitCode: 3,
    },
    {
      name: 'a failed advisory objective',
      spec: { ...breach, objectives: [errorObjective(), { ...latencyObjective(), gate: 'advisory' } as Objective] },
      result: 'pass',
      exitCode: 0,
    },
  ])('$name: $result, $exitCode', async ({ spec, result, exitCode }) => {
    const verdict = await judgeRun(spec)
    expect({ result: verdict.result, exitCode: verdict.exitCode }).toEqual({ result, exitCode })
  })
})

describe('validity', () => {
  const undelivered = { kind: 'noLoad' as const, fromS: 20, toS: 26 }

  it('is lost when load was not delivered while users were free', async () => {
    const verdict = await judgeRun({ troubles: [undelivered] })
    expect(verdict.result).toBe('invalid')
    expect(verdict.invalidReasons).toEqual([
      expect.stringMatching(/^10\.1 % of the steady load was not delivered although virtual users were free$/),
    ])
  })

  it('is lost when k6 dropped iterations while it had users left', async () => {
    const verdict = await judgeRun({ troubles: [{ kind: 'drop', fromS: 20, toS: 26 }], vus: 10 })
    expect(verdict.load).toMatchObject({ dropped: 300, vusAvailable: 10 })
    expect(verdict.invalidReasons[0]).toContain('virtual users were free')
  })

  it('interrupted iterations are bad requests', async () => {
    const verdict = await judgeRun({ troubles: [{ kind: 'interrupt', fromS: 20, toS: 26 }] })
    expect(verdict.load.interrupted).toBe(300)
    expect(verdict.objectives[0]).toMatchObject({
      outcome: 'inconclusive',
      reason: expect.stringContaining('300 bad of'),
    })
  })

  it('no iteration counts as interrupted because its two counts lie on either side of a second', async () => {
    const { plan, events, lines } = makeRecord({
      steadyS: 20,
      streams: [{ perSecond: 50 }],
      objectives: [latencyObjective()],
    })
    const moved = [...lines()].map((line) =>
      line.type === 'load' && line.completed > 0 && line.s % 3 === 0
        ? { ...line, s: line.s + (line.s % 2 ? 1 : -1) }
        : line,
    )
    const { verdict } = await judge({ plan, events, lines: moved })
    expect(verdict.load.interrupted).toBe(0)
    expect(verdict.objectives[0]).toMatchObject({ outcome: 'pass', measured: { text: expect.stringMatching(/ms$/) } })
    expect(verdict.objectives[0]?.phases.find(({ phase }) => phase === 'steady')?.bad).toBe(0)
  })

  it('is not lost when all users waited for the system: those requests are bad instead', async () => {
    const hang = { kind: 'hang' as const, fromS: 20, toS: 26, ms: 5000 }
    const drop = { kind: 'drop' as const, fromS: 22, toS: 26, ratio: 0.8 }
    const verdict = await judgeRun({ troubles: [drop, hang], vus: 150, busyVus: 150 })
    expect(verdict.invalidReasons).toEqual([])
    expect(verdict.load.dropped).toBeGreaterThan(130)
    expect(verdict.objectives[0]?.reason).toContain('300 bad of')
  })

  it('in more series than are kept apart is no proof of anything good, and still one of a breach', async () => {
    const judged = async (errorRatio: number) => {
      const objectives = [errorObjective({ targetRatio: 0.9, names: ['GET /'] })]
      const { plan, events, lines } = makeRecord({ steadyS: 60, streams: [{ perSecond: 50, errorRatio }], objectives })
      const more = [...lines(), { type: 'overflow' as const, maxSeries: 1000 }]
      return (await judge({ plan, events, lines: more })).verdict
    }
    const good = await judged(0)
    expect(good).toMatchObject({ result: 'inconclusive', exitCode: 3 })
    expect(good.sentence).toContain('more than 1,000 series')
    expect(await judged(0.5)).toMatchObject({ result: 'fail' })
  })

  it('is lost when drops come from a generator without CPU', async () => {
    const series = [
      { component: 'k6', values: (second: number) => ({ process_cpu_seconds: second * 0.95, cpu_limit_cores: 1 }) },
    ]
    const verdict = await judgeRun({ troubles: [{ kind: 'drop', fromS: 20, toS: 26 }], vus: 0, series })
    expect(verdict.load.k6CpuRatio).toBeCloseTo(0.95, 3)
    expect(verdict.invalidReasons[0]).toContain('85 % of its CPU')
  })
})

describe('percentiles', () => {
  it('count failed requests as slow, and tell the successes apart', async () => {
    const verdict = await judgeRun({ streams: [{ perSecond: 100, medianMs: 50, errorRatio: 0.2 }] })
    expect(verdict.objectives[0]).toMatchObject({
      outcome: 'fail',
      reason: expect.stringContaining('failed and count as slow; of the successes alone: '),
    })
    expect(verdict.objectives[0]?.measured.text).toMatch(/^≥ /)
  })

  const long: Partial<RunSpec> = { ...withFault, steadyS: 100, recoveryS: 60, faults: [{ atS: 110, holdS: 5 }] }

  it('judge steady and recovered, not the outage', async () => {
    const verdict = await judgeRun({ ...long, troubles: [{ kind: 'error', fromS: 110, toS: 117 }] })
    expect(verdict.objectives[0]).toMatchObject({ outcome: 'pass', proven: true })
    expect(verdict.objectives[0]?.phases.find(({ phase }) => phase === 'fault')).toMatchObject({ bad: 350 })
  })

  it.each([
    { warmUpS: 5, recoveryS: 420 },
    { warmUpS: 6, recoveryS: 820 },
    { warmUpS: 8, recoveryS: 1720 },
  ])('of $recoveryS s show no request of the outage beside them, in columns however wide', async (spec) => {
    const hang = { kind: 'hang' as const, ms: 5000 }
    const verdict = await judgeRun({
      ...spec,
      steadyS: 20,
      faultsS: 60,
      faults: [{ atS: spec.warmUpS + 20, holdS: 60 }],
      troubles: [
        { ...hang, fromS: 0, toS: spec.warmUpS },
        { ...hang, fromS: spec.warmUpS + 20, toS: spec.warmUpS + 83 },
      ],
      streams: [{ perSecond: 10 }],
    })
    const shown = verdict.objectives[0]?.phases.filter(({ phase }) => phase === 'steady' || phase === 'recovered') ?? []
    expect(shown.map(({ bad }) => bad)).toEqual([0, 0])
    for (const { measured } of shown) expect(measured.value).toBeLessThan(100)
    expect(verdict.objectives[0]?.interval.high).toBeLessThan(100)
  })

  it('measure within 1 % of the truth: the lognormal distribution that was planted', async () => {
    const verdict = await judgeRun({
      streams: [{ perSecond: 2000, medianMs: 100, sigma: 0.3 }],
      objectives: [latencyObjective({ belowMs: 1000 })],
    })
    const truthMs = 100 * Math.exp(0.3 * 1.6448536)
    expect(Math.abs((verdict.objectives[0]?.measured.value ?? 0) / truthMs - 1)).toBeLessThan(0.01)
    expect(verdict.objectives[0]?.interval.low).toBeLessThan(truthMs)
    expect(verdict.objectives[0]?.interval.high).toBeGreaterThan(truthMs)
  })

  it('with a threshold that the record did not count take bounds from the bucket, and say so', async () => {
    const verdict = await judgeRun({ countedUs: [100_000], steadyS: 130 })
    expect(verdict.objectives[0]).toMatchObject({ outcome: 'pass', proven: true })
    const onTheEdge = await judgeRun({
      countedUs: [],
      streams: [{ perSecond: 1000 }],
      objectives: [latencyObjective({ belowMs: 38 })],
    })
    expect(onTheEdge.warnings[0]).toContain('did not count its threshold')
    expect(onTheEdge.objectives[0]?.outcome).not.toBe('pass')
  })
})

describe('proof', () => {
  const few: Partial<RunSpec> = { streams: [{ perSecond: 1 }], steadyS: 50 }

  it('a run too short to prove is "no breach seen" and passes, unless proof is required', async () => {
    const seen = await judgeRun(few)
    expect(seen).toMatchObject({ result: 'pass', exitCode: 0 })
    expect(seen.objectives[0]).toMatchObject({
      outcome: 'pass',
      proven: false,
      reasonCode: 'no-breach-seen',
      needed: 59,
    })
    expect(seen.objectives[0]?.reason).toBe('no breach seen, not proven (49 seen, 59 needed)')
    const required = await judgeRun({ ...few, requireProof: true })
    expect(required).toMatchObject({ result: 'inconclusive', exitCode: 3 })
    expect(required.objectives[0]?.reasonCode).toBe('not-proven')
  })

  it('an estimate on the wrong side is inconclusive, never "no breach seen"', async () => {
    const verdict = await judgeRun({ ...few, troubles: [{ kind: 'error', fromS: 20, toS: 23 }] })
    expect(verdict.objectives[0]).toMatchObject({ outcome: 'inconclusive', reasonCode: 'breach-not-proven' })
    expect(verdict.exitCode).toBe(3)
  })

  it('a clean run of less than two minutes proves nothing: it may have missed what comes in spells', async () => {
    const short = await judgeRun({ steadyS: 120 })
    expect(short.objectives[0]).toMatchObject({
      outcome: 'pass',
      proven: false,
      reason: 'no breach seen, not proven (2 min watched, 2 min 5 s needed)',
      neededSeconds: 125,
    })
    const long = await judgeRun({ steadyS: 130 })
    expect(long.objectives[0]).toMatchObject({ outcome: 'pass', proven: true })
    expect(long.cannotTell.join(' ')).toContain('conditions like those of this run')
  })

  it('a service that is down for the second half of the run is proven down', async () => {
    const verdict = await judgeRun({ troubles: [{ kind: 'error', fromS: 35, toS: 65 }] })
    expect(verdict.objectives[0]).toMatchObject({ outcome: 'fail', proven: true })
  })

  it('a slow spell that independent requests would not show keeps the pass from being proven', async () => {
    // 4 % slow, all of them in one spell: the binomial alone would call it proven.
    const verdict = await judgeRun({
      steadyS: 200,
      streams: [{ perSecond: 100 }],
      troubles: [{ kind: 'slow', fromS: 50, toS: 58, ms: 2000 }],
      requireProof: true,
    })
    expect(verdict.objectives[0]).toMatchObject({ outcome: 'inconclusive', reasonCode: 'not-proven' })
  })
})

describe('other objectives', () => {
  const gauge: Objective = {
    kind: 'gauge',
    id: 'queue',
    title: 'Queue depth',
    gate: 'required',
    source: 'test',
    phases: ['steady', 'fault', 'recovered'],
    targetText: '< 100',
    series: 'queue_depth',
    aggregate: 'max',
    op: 'lt',
    value: 100,
    unit: 'count',
    minSamples: 5,
  }
  const depth = (value: (second: number) => number, component = 'worker-1') => ({
    component,
    values: (second: number) => ({ queue_depth: value(second) }),
  })

  it.each([
    { name: 'below', series: [depth(() => 50)], outcome: 'pass' },
    {
      name: 'the worst component decides',
      series: [depth(() => 50), depth((s) => (s === 40 ? 120 : 1), 'worker-2')],
      outcome: 'fail',
    },
    { name: 'over in warm-up only', series: [depth((s) => (s < 3 ? 500 : 1))], outcome: 'pass' },
    { name: 'not sampled', series: [], outcome: 'no-data' },
    { name: 'no numbers', series: [depth(() => Number.NaN)], outcome: 'no-data' },
  ])('gauge $name: $outcome', async ({ series, outcome }) => {
    const verdict = await judgeRun({ objectives: [latencyObjective(), gauge], series })
    expect(verdict.objectives[1]?.outcome).toBe(outcome)
  })

  it('duplicates are of the whole run: the objective fails, and no fault is blamed for them', async () => {
    const verdict = await judgeRun({
      ...withFault,
      objectives: [latencyObjective(), resilienceObjective('duplicates', 0)],
      audit: { duplicates: 3 },
    })
    expect(verdict.objectives[1]).toMatchObject({ outcome: 'fail', fault: null, measured: { value: 3 } })
    expect(verdict.faults.map(({ outcome }) => outcome)).toEqual(['pass'])
    expect(verdict.tainted).toBe(false)
    expect(verdict.sentence).toMatch(/: 3; the objective allows none/)
  })

  it('a system that never comes back is blamed on the fault that it did not come back from', async () => {
    const verdict = await judgeRun({
      ...withFault,
      faultsS: 40,
      faults: [
        { atS: 36, holdS: 2 },
        { atS: 50, holdS: 5 },
      ],
      troubles: [{ kind: 'error', fromS: 36, toS: 1000 }],
      objectives: [latencyObjective(), resilienceObjective('recoveryTime', 1_000)],
    })
    expect(verdict.objectives[1]).toMatchObject({ outcome: 'fail', reasonCode: 'not-recovered', fault: 'f1' })
  })

  it('rates add up over instances, survive a restart, and count only the seconds that matter', async () => {
    const rate: Objective = {
      ...gauge,
      series: 'sent',
      component: 'worker',
      aggregate: 'rate',
      op: 'gt',
      value: 100,
      unit: 'perSecond',
      whileSeries: 'queue_depth',
    }
    const series = ['worker-1', 'worker-2'].map((component) => ({
      component,
      values: (s: number) => ({
        sent: s < 40 ? Math.min(s, 30) * 60 : (s - 39) * 60,
        queue_depth: s <= 30 || s >= 40 ? 5 : 0,
      }),
    }))
    const verdict = await judgeRun({ objectives: [latencyObjective(), rate], series })
    expect(verdict.objectives[1]).toMatchObject({ outcome: 'pass', measured: { value: 120, text: '120/s' } })
  })

  const count: Objective = {
    kind: 'count',
    id: 'unsigned',
    title: 'Unsigned webhooks let in',
    gate: 'required',
    source: 'test',
    phases: ['steady', 'recovered'],
    targetText: 'none',
    sli: { metric: 'holdfast_request', names: ['unsigned'] },
    op: 'lte',
    value: 0,
    minSamples: 10,
  }

  it.each([
    { name: 'none bad', perSecond: 5, errorRatio: 0, outcome: 'pass' },
    { name: 'some bad', perSecond: 5, errorRatio: 0.1, outcome: 'fail' },
    { name: 'too few', perSecond: 0.1, errorRatio: 0, outcome: 'no-data' },
    { name: 'too few, and bad', perSecond: 0.1, errorRatio: 1, outcome: 'fail' },
  ])('count, $name: $outcome', async ({ perSecond, errorRatio, outcome }) => {
    const verdict = await judgeRun({
      streams: [{ perSecond: 50 }, { perSecond, errorRatio, name: 'unsigned', scenario: 'u' }],
      objectives: [latencyObjective({ names: ['GET /'] }), count],
    })
    expect(verdict.objectives[1]?.outcome).toBe(outcome)
  })

  it.each<{ name: string; audit: RunSpec['audit']; outcome: string }>([
    { name: 'none lost', audit: {}, outcome: 'pass' },
    { name: 'one lost', audit: { lostCount: 1, oldestLostAtS: 41, newestLostAtS: 41 }, outcome: 'fail' },
    { name: 'one lost outside of every fault', audit: { lostCount: 1, oldestLostAtS: 20 }, outcome: 'fail' },
    { name: 'not all read back', audit: { checked: 40 }, outcome: 'no-data' },
    { name: 'not all read back, and one lost', audit: { checked: 40, lostCount: 1 }, outcome: 'fail' },
    { name: 'more read back than there were', audit: { checked: 1_001 }, outcome: 'no-data' },
    { name: 'lost ids of another run', audit: { unknownCount: 2 }, outcome: 'no-data' },
    { name: 'late, and none lost', audit: { lateCount: 200, latestMs: 5_100 }, outcome: 'pass' },
    { name: 'no final read', audit: 'failed', outcome: 'no-data' },
    { name: 'nothing was written', audit: { acknowledged: 0 }, outcome: 'no-data' },
  ])('lost writes, $name: $outcome', async ({ audit, outcome }) => {
    const verdict = await judgeRun({
      ...withFault,
      objectives: [latencyObjective(), resilienceObjective('lostWrites', 0)],
      ...(audit ? { audit } : {}),
    })
    expect(verdict.objectives[1]?.outcome).toBe(outcome)
  })

  const writesOnly = { ...withFault, objectives: [latencyObjective(), resilienceObjective('lostWrites', 0)] }

  it('a read that lags, judged as lost, is charged to no fault and fails all the same', async () => {
    const verdict = await judgeRun({ ...writesOnly, audit: { lostCount: 248, oldestLostAtS: 55, newestLostAtS: 60 } })
    expect(verdict.result).toBe('fail')
    expect(verdict.faults.map(({ lostWrites, outcome }) => [lostWrites, outcome])).toEqual([[0, 'pass']])
    expect(verdict.objectives[1]).toMatchObject({
      fault: null,
      measured: { value: 248 },
      reason: expect.stringContaining("248 lost writes were acknowledged outside of every fault's window"),
    })
    expect(verdict.sentence).toBe('248 acknowledged writes were lost; the objective allows none.')
  })

  it('one bound for the run: losses of a fault and outside of it add up', async () => {
    const objectives = [latencyObjective(), resilienceObjective('lostWrites', 5)]
    const spread = { lostCount: 6, oldestLostAtS: 20, newestLostAtS: 60 }
    expect((await judgeRun({ ...withFault, objectives, audit: spread })).objectives[1]?.outcome).toBe('fail')
    const within = { lostCount: 5, oldestLostAtS: 20, newestLostAtS: 60 }
    expect((await judgeRun({ ...withFault, objectives, audit: within })).objectives[1]?.outcome).toBe('pass')
  })

  it('an RPO is not known of writes that no fault lost', async () => {
    const objectives = [latencyObjective(), resilienceObjective('rpo', 60_000)]
    const verdict = await judgeRun({ ...withFault, objectives, audit: { lostCount: 2, oldestLostAtS: 20 } })
    expect(verdict.objectives[1]).toMatchObject({
      outcome: 'no-data',
      reason: expect.stringContaining('2 lost writes'),
    })
  })

  it('a final read of 40 of 1,000 writes is inconclusive, also without --require-proof', async () => {
    const verdict = await judgeRun({ ...writesOnly, audit: { checked: 40 } })
    expect(verdict).toMatchObject({ result: 'inconclusive', exitCode: 3 })
    expect(verdict.objectives[1]?.reason).toContain('only 40 of 1,000 acknowledged writes were read back')
  })

  it('late writes are told, and are not lost', async () => {
    const verdict = await judgeRun({ ...writesOnly, audit: { lateCount: 200, latestMs: 5_100 } })
    expect(verdict.result).toBe('pass')
    expect(verdict.detail).toContain(
      '1,000 acknowledged writes: 0 lost, 200 late (the last was found 5.1 s after the first read).',
    )
  })

  it('a final read that was refused is the headline, in one line and without the address', async () => {
    const made = makeRecord({ warmUpS: 5, steadyS: 30, streams: [{ perSecond: 50 }], ...writesOnly, audit: 'failed' })
    const reason = `http://127.0.0.1:21819/orders?ids=${'run-buy-0,'.repeat(500)} answered 414`
    const events = made.events.map((event) => (event.type === 'audit.failed' ? { ...event, reason } : event))
    const { verdict } = await judge({ plan: made.plan, events, lines: made.lines() })
    expect(verdict.sentence).toBe('Lost writes unknown: the final read was refused (HTTP 414).')
    expect(JSON.stringify(verdict)).not.toContain('ids=')
  })

  it('no record of an audit is no data', async () => {
    const verdict = await judgeRun({
      ...withFault,
      objectives: [latencyObjective(), resilienceObjective('lostWrites', 0)],
    })
    expect(verdict).toMatchObject({ result: 'inconclusive', exitCode: 3 })
  })

  it('resilience objectives of a game day without faults are shown and do not gate', async () => {
    const verdict = await judgeRun({ objectives: [latencyObjective(), resilienceObjective('recoveryTime', 1000)] })
    expect(verdict.objectives[1]).toMatchObject({ gate: 'info', outcome: 'no-data', reasonCode: 'no-fault-planned' })
    expect(verdict.result).toBe('pass')
  })

  it('a check that crashes is an error, never a pass', async () => {
    const broken = { ...latencyObjective({ id: 'broken' }), kind: 'nothing' } as unknown as Objective
    const verdict = await judgeRun({ objectives: [latencyObjective(), broken] })
    expect(verdict.objectives[1]).toMatchObject({ outcome: 'error', reasonCode: 'check-crashed' })
    expect(verdict.result).toBe('inconclusive')
  })
})

describe('a fault that was not active as planned', () => {
  /** The record of a fault at 40 s for 10 s, with this in the place of its `fault.notActive`. */
  const of = async (fate: 'notActive' | 'endedEarly', times: { lastSeenAtMs?: number; goneAtMs?: number } = {}) => {
    const made = makeRecord({
      ...withFault,
      warmUpS: 5,
      steadyS: 35,
      streams: [{ perSecond: 50 }],
      objectives: [latencyObjective(), resilienceObjective('recoveryTime', 10_000)],
      faults: [{ atS: 40, holdS: 10, fate }],
    })
    const events = made.events.map((event) => (event.type === 'fault.notActive' ? { ...event, ...times } : event))
    const { verdict, charts } = await judge({ plan: made.plan, events, lines: made.lines() })
    return { verdict, bands: charts.faultBands, fault: verdict.faults[0] }
  }

  it('never: is not drawn, has no times, and says so once', async () => {
    const { verdict, bands, fault } = await of('notActive')
    expect(verdict.result).toBe('invalid')
    expect(bands).toEqual([])
    expect(fault).toMatchObject({ confirmedActive: false, activeUntilMs: null, reason: '', outcome: 'inconclusive' })
    expect(fault?.text).toMatchObject({ active: 'never active', impact: '–', recovery: '–', rto: '–' })
  })

  it('ended early: is drawn until the last look that saw it, and told with both looks', async () => {
    const injectedAtMs = defaultStartMs + 40_000
    const { verdict, bands, fault } = await of('endedEarly', {
      lastSeenAtMs: injectedAtMs + 2_100,
      goneAtMs: injectedAtMs + 3_000,
    })
    expect(verdict.result).toBe('invalid')
    expect(bands).toMatchObject([{ startS: 40, endS: 42.1, recoveredS: 42.1 }])
    expect(fault?.text).toMatchObject({ active: '40.0 s, ended after 2.1..3.0 s', recovery: '–' })
  })

  it('not seen at last: may have ended early, so the run cannot pass', async () => {
    const made = makeRecord({
      ...withFault,
      ...{ warmUpS: 5, steadyS: 35, streams: [{ perSecond: 50 }], faults: [{ atS: 40, holdS: 10 }] },
      objectives: [latencyObjective(), resilienceObjective('recoveryTime', 10_000)],
    })
    const unseen = {
      type: 'fault.unseen' as const,
      fault: made.plan.faults[0]?.id ?? '',
      atMs: defaultStartMs + 50_000,
    }
    const at = made.events.findIndex(({ type }) => type === 'fault.removing' || type === 'fault.removed')
    const judged = async (events: RunEvent[]) => (await judge({ plan: made.plan, events, lines: made.lines() })).verdict
    expect(await judged(made.events)).toMatchObject({ result: 'pass' })
    const verdict = await judged(made.events.toSpliced(at, 0, unseen))
    expect(verdict.result).toBe('inconclusive')
    expect(verdict.sentence).toContain('the last look before its removal got no answer')
  })

  it('ended early, in a record that does not say when: has no length', async () => {
    const { bands, fault } = await of('endedEarly')
    expect(bands).toMatchObject([{ startS: 40, endS: 40 }])
    expect(fault?.text.active).toBe('40.0 s, ended early')
  })
})

describe('what is said', () => {
  it('why a fault could not be removed', async () => {
    const verdict = await judgeRun({ ...withFault, faults: [{ atS: 40, holdS: 5, fate: 'notRemoved' }] })
    expect(verdict).toMatchObject({ exitCode: 5, tainted: true })
    expect(verdict.detail).toContain('COULD NOT BE REMOVED (probe): run `holdfast cleanup`')
  })

  it('the mock-up: lost writes first, then what was confirmed', async () => {
    const verdict = await judgeRun({
      ...withFault,
      steadyS: 130,
      faults: [{ atS: 140, holdS: 5, label: 'partition api → postgres' }],
      objectives: [
        latencyObjective(),
        resilienceObjective('recoveryTime', 10_000),
        resilienceObjective('lostWrites', 0),
      ],
      audit: { lostCount: 14, oldestLostAtS: 141, newestLostAtS: 144 },
    })
    expect(verdict.sentence).toBe(
      '14 acknowledged writes were lost under ① partition api → postgres; the objective allows none.',
    )
    expect(verdict.detail).toBe(
      'The run is valid: 1 of 1 fault confirmed active and removed, 100 % of the offered load delivered in steady state. 2 of 3 required objectives hold. 1,000 acknowledged writes: 14 lost, 0 late.',
    )
  })

  it.each([
    [1_234.4, 0, "the cluster's clock 1234 ms ahead of this machine's, ± 3 ms"],
    [-0.6, 2, "the cluster's clock 1 ms behind this machine's, ± 3 ms"],
    [0.2, 0, "the cluster's clock as this machine's, ± 3 ms"],
  ])('says how the clock of the cluster differs: %s ms', async (aheadMs, contradictions, text) => {
    const { plan, events, lines } = makeRecord({
      steadyS: 30,
      streams: [{ perSecond: 50 }],
      objectives: [latencyObjective()],
    })
    const clock = {
      type: 'cluster.clock',
      atMs: events.at(-1)?.atMs ?? 0,
      aheadMs,
      withinMs: 2.1,
      contradictions,
    } as const
    const { verdict } = await judge({
      plan,
      events: [...events.slice(0, -1), clock, ...events.slice(-1)],
      lines: lines(),
    })
    expect(verdict.detail).toContain(text)
    expect(verdict.warnings.some((warning) => warning.startsWith('The clocks'))).toBe(contradictions > 0)
  })

  it('figures of the run before stand beside these', async () => {
    const { plan, events, lines } = makeRecord({
      steadyS: 30,
      streams: [{ perSecond: 50 }],
      objectives: [latencyObjective()],
    })
    const { verdict: previous } = await judge({ plan, events, lines: lines() })
    const { verdict } = await judge({ plan, events, lines: lines(), earlier: [previous] })
    expect(verdict.objectives[0]?.previous).toEqual(previous.objectives[0]?.measured)
    const { runId, startedAtMs, result, sentence } = previous
    const { id, title, measured } = previous.objectives[0] ?? {}
    expect(verdict.history).toEqual([
      { runId, startedAtMs, result, sentence, measured: [{ objective: id, title, figure: measured }] },
    ])
  })
})
