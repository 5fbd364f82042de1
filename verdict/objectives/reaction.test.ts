import { describe, expect, it } from 'vitest'
import type { ReactionObjective } from '../../model/objective.ts'
import type { AnswerLine, RecordLine, SampleLine } from '../../model/window.ts'
import { defaultStartMs, latencyObjective, makeRecord, type RunSpec } from '../../test/fixtures/record.ts'
import { judge } from '../judge.ts'

const alert: ReactionObjective = {
  kind: 'reaction',
  id: 'alert',
  title: 'Alert fires',
  gate: 'required',
  source: 'test',
  phases: ['steady', 'fault', 'recovered'],
  targetText: '≤ 10 s',
  series: 'firing',
  reaches: { op: 'gte', value: 1 },
  after: 'impact',
  until: 'first',
  quiet: true,
  op: 'lte',
  withinMs: 10_000,
}
const replicas: ReactionObjective = {
  ...alert,
  series: 'ready_replicas',
  component: 'api',
  reaches: { op: 'gte', value: 2 },
  after: 'injection',
  until: 'lasting',
  quiet: false,
}

/** 40 s steady, a fault at 40 s for 5 s, felt from 41 s to 47 s; 100 s in all. `value` by the second, null for no sample. */
const judged = async (
  objective: ReactionObjective,
  value: (s: number) => number | null,
  spec: Partial<RunSpec> = {},
  more: RecordLine[] = [],
) => {
  const sampled = (s: number): Record<string, number> => {
    const now = value(s)
    return now === null ? {} : { [objective.series]: now }
  }
  const { plan, events, lines } = makeRecord({
    warmUpS: 0,
    steadyS: 40,
    faultsS: 20,
    recoveryS: 40,
    streams: [{ perSecond: 50 }],
    faults: [{ atS: 40, holdS: 5 }],
    troubles: [{ kind: 'error', fromS: 41, toS: 47 }],
    objectives: [latencyObjective(), objective],
    series: [{ component: 'api', values: sampled }],
    ...spec,
  })
  const { verdict } = await judge({ plan, events, lines: [...lines(), ...more] })
  return { result: verdict.result, ...verdict.objectives[1] }
}

describe('an alert of Prometheus', () => {
  const series = 'prometheus:alert'
  const asked = { ...alert, series }
  const judgedBy = async (answer: Partial<AnswerLine> | null, firesAtS = 48) => {
    const samples: SampleLine[] = Array.from({ length: 100 }, (_, s) => ({
      ...{ type: 'sample', atMs: defaultStartMs + s * 1000, component: 'Prometheus' },
      values: { [series]: s >= firesAtS ? 1 : 0 },
    }))
    const whole = { query: 'ALERTS', samples: samples.length, failed: null, incomplete: null, notNumbersAtMs: [] }
    const answers: AnswerLine[] = answer === null ? [] : [{ type: 'answer', series, ...whole, ...answer }]
    return await judged(asked, () => null, {}, [...answers, ...samples])
  }

  it('is judged by a whole answer only, whether it fires in time or not', async () => {
    expect(await judgedBy({})).toMatchObject({ outcome: 'pass' })
    expect(await judgedBy({}, 1000)).toMatchObject({ outcome: 'fail' })
    for (const firesAtS of [48, 1000]) {
      const noData = { outcome: 'no-data', result: 'inconclusive' }
      expect(await judgedBy({ incomplete: 'store s-2 is away' }, firesAtS)).toMatchObject(noData)
      expect(await judgedBy({ failed: 'HTTP 500' }, firesAtS)).toMatchObject({ ...noData, reason: 'HTTP 500' })
      expect(await judgedBy(null, firesAtS)).toMatchObject(noData)
    }
  })

  it('that fires in steady state fails by a part of the answer, too', async () => {
    expect(await judgedBy({ incomplete: 'store s-2 is away' }, 20)).toMatchObject({ reasonCode: 'not-quiet' })
  })
})

describe('an alert', () => {
  it.each([
    ['in time', 48, 'pass', 'within-bound'],
    ['too late', 60, 'fail', 'over-bound'],
    ['never', 1000, 'fail', 'over-bound'],
  ])('that fires %s', async (_what, fromS, outcome, reasonCode) => {
    expect(await judged(alert, (s) => (s >= fromS ? 1 : 0))).toMatchObject({ outcome, reasonCode, fault: 'f1', n: 1 })
  })

  it('has its time from the impact, as an interval between two samples', async () => {
    const { measured, interval } = await judged(alert, (s) => (s >= 48 ? 1 : 0))
    expect(measured?.value).toBeGreaterThanOrEqual(6_000)
    expect(measured?.value).toBeLessThanOrEqual(7_300)
    expect((interval?.high ?? 0) - (interval?.low ?? 0)).toBe(1000)
  })

  it('that fires in steady state fails, in time or not', async () => {
    const early = await judged(alert, (s) => (s === 20 || s >= 48 ? 1 : 0))
    expect(early).toMatchObject({ outcome: 'fail', reasonCode: 'not-quiet', result: 'fail' })
    expect(early.reason).toContain('1 sample of')
  })

  it('tells nothing where no fault had an impact', async () => {
    expect(await judged(alert, () => 0, { troubles: [] })).toMatchObject({
      outcome: 'no-data',
      reasonCode: 'no-trigger',
      result: 'inconclusive',
    })
  })

  it('without a sample is no data; without one in steady state too', async () => {
    expect(await judged(alert, () => null)).toMatchObject({ outcome: 'no-data', reasonCode: 'no-samples' })
    expect(await judged(alert, (s) => (s < 45 ? null : 1))).toMatchObject({ outcome: 'no-data' })
  })

  it('cannot be judged where a gap hides whether it was in time', async () => {
    const gap = (s: number) => (s > 44 && s < 70 ? null : s >= 70 ? 1 : 0)
    expect(await judged(alert, gap)).toMatchObject({ outcome: 'inconclusive', result: 'inconclusive' })
  })
})

describe('replicas', () => {
  const down = (fromS: number, toS: number) => (s: number) => (s >= fromS && s < toS ? 1 : 2)

  it.each([
    ['back in time', down(41, 48), 'pass'],
    ['back too late', down(41, 60), 'fail'],
    ['never back', down(41, 1000), 'fail'],
    ['back, and gone again later', (s: number) => (s === 42 || s === 70 ? 1 : 2), 'fail'],
    ['never seen below', () => 2, 'pass'],
  ])('%s', async (_what, value, outcome) => {
    expect(await judged(replicas, value)).toMatchObject({ outcome })
  })

  it('are not believed back where nobody looked', async () => {
    expect(await judged(replicas, (s) => (s < 43 ? 2 : null))).toMatchObject({ outcome: 'inconclusive' })
    expect(await judged(replicas, (s) => (s > 60 && s < 80 ? null : 2))).toMatchObject({ outcome: 'inconclusive' })
  })

  it('not judged: a run that ended before the time was up', async () => {
    expect(await judged(replicas, down(41, 1000), { cutAtS: 46, ended: null })).toMatchObject({
      outcome: 'inconclusive',
    })
  })
})

it('an autoscaler is judged from when the queue passed its mark', async () => {
  const scales: ReactionObjective = {
    ...replicas,
    until: 'first',
    after: { series: 'queue_depth', op: 'gt', value: 10_000 },
  }
  const run = (mark: number, scaled: number) =>
    judged(scales, () => 1, {
      series: [
        {
          component: 'api',
          values: (s) => ({ ready_replicas: s >= scaled ? 2 : 1, queue_depth: s >= mark ? 20_000 : 10 }),
        },
      ],
    })
  expect(await run(50, 58)).toMatchObject({ outcome: 'pass', fault: null, measured: { value: 8_000 } })
  expect(await run(50, 70)).toMatchObject({ outcome: 'fail' })
  expect(await run(1000, 70)).toMatchObject({ outcome: 'no-data', reasonCode: 'no-trigger' })
})
