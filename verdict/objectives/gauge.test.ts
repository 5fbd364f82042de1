import { describe, expect, it } from 'vitest'
import type { GaugeObjective } from '../../model/objective.ts'
import type { AnswerLine, RecordLine } from '../../model/window.ts'
import { defaultStartMs, latencyObjective, makeRecord, type RunSpec } from '../../test/fixtures/record.ts'
import { judge } from '../judge.ts'

const memory: GaugeObjective = {
  kind: 'gauge',
  id: 'memory',
  title: 'Memory',
  gate: 'required',
  source: 'test',
  phases: ['steady', 'fault', 'recovered'],
  targetText: '< 100',
  series: 'prometheus:memory',
  query: 'memory',
  aggregate: 'max',
  op: 'lt',
  value: 100,
  unit: 'count',
  minSamples: 5,
}

/** A minute of load; a point every 5 s of each component, as `value` says, null for none. */
const judged = async (
  value: (second: number, component: string) => number | null,
  {
    components = ['api'],
    objective = memory,
    answer = {},
    spec = {},
  }: {
    components?: string[]
    objective?: GaugeObjective
    answer?: Partial<AnswerLine>
    spec?: Partial<RunSpec>
  } = {},
) => {
  const { plan, events, lines } = makeRecord({
    warmUpS: 0,
    steadyS: 60,
    streams: [{ perSecond: 50 }],
    objectives: [latencyObjective(), objective],
    ...spec,
  })
  const samples = components.flatMap((component) =>
    Array.from({ length: 13 }, (_, i) => i * 5).flatMap((second): RecordLine[] => {
      const at = value(second, component)
      const atMs = defaultStartMs + second * 1000
      return at === null ? [] : [{ type: 'sample', atMs, component, values: { 'prometheus:memory': at } }]
    }),
  )
  const prometheus = { url: 'http://prometheus', stepMs: 5_000 }
  const whole = { query: 'memory', samples: samples.length, failed: null, incomplete: null, notNumbersAtMs: [] }
  const answered: AnswerLine = { type: 'answer', series: 'prometheus:memory', ...whole, ...answer }
  const all = [...lines(), ...(answered.series === '' ? [] : [answered]), ...samples]
  const { verdict } = await judge({ plan: { ...plan, prometheus }, events, lines: all })
  return { result: verdict.result, ...verdict.objectives[1] }
}

describe('a series of Prometheus', () => {
  it('passes with every point there, and the worst component decides', async () => {
    const names = { components: ['api-1', 'api-2'] }
    expect(await judged(() => 50, names)).toMatchObject({ outcome: 'pass', measured: { value: 50 } })
    expect(await judged((_, name) => (name === 'api-2' ? 150 : 50), names)).toMatchObject({ outcome: 'fail' })
  })

  it('with points missing is no data, never good', async () => {
    const { result, ...objective } = await judged((second) => (second >= 20 && second < 40 ? null : 50))
    expect(objective).toMatchObject({ outcome: 'no-data', reasonCode: 'gaps' })
    expect(objective.reason).toMatch(/^[34] of 12 points are missing$/)
    expect(result).toBe('inconclusive')
  })

  it('a breach among the points that are there is one all the same', async () => {
    expect(await judged((second) => (second >= 30 ? null : 150))).toMatchObject({ outcome: 'fail' })
  })

  it.each<[string, Partial<AnswerLine>, string, string]>([
    ['that says that a part is missing', { incomplete: 'store s-2 is away' }, 'gaps', 'not whole: store s-2 is away'],
    [
      'with a value that is no number',
      { notNumbersAtMs: [defaultStartMs + 30_000] },
      'gaps',
      '1 of 12 points is no number',
    ],
    ['that failed', { failed: 'HTTP 500' }, 'no-answer', 'HTTP 500'],
    ['of which the record lacks a point', { samples: 14 }, 'no-answer', '13 of the 14 points'],
    ['that the record lacks', { series: '' }, 'no-answer', 'no answer to its query'],
  ])('an answer %s is no data, never good', async (_name, answer, reasonCode, words) => {
    const { result, ...objective } = await judged(() => 50, { answer })
    expect(objective).toMatchObject({ outcome: 'no-data', reasonCode, reason: expect.stringContaining(words) })
    expect(result).toBe('inconclusive')
  })

  it.each<[string, Partial<AnswerLine>]>([
    ['a part is missing', { incomplete: 'store s-2 is away' }],
    ['a value is no number', { notNumbersAtMs: [defaultStartMs + 30_000] }],
  ])('a breach that is seen is one all the same where %s', async (_name, answer) => {
    expect(await judged(() => 150, { answer })).toMatchObject({ outcome: 'fail' })
  })

  it('of which one ends is no data, never good', async () => {
    const value = (second: number, name: string) => (name === 'api-2' && second > 20 ? null : 50)
    expect(await judged(value, { components: ['api-1', 'api-2'] })).toMatchObject({
      outcome: 'no-data',
      reasonCode: 'gaps',
      reason: expect.stringMatching(/^\d of \d+ points lack some of the 2 series$/),
    })
  })

  it('of which one ends under a fault and another begins is whole', async () => {
    const names = { components: ['api-1', 'old', 'new'] }
    const spec: Partial<RunSpec> = {
      ...{ steadyS: 20, faultsS: 20, recoveryS: 20, stableForS: 10 },
      ...{ faults: [{ atS: 20, holdS: 10 }], troubles: [{ kind: 'error', fromS: 21, toS: 33 }] },
    }
    const until = (end: number, begin: number) => (second: number, name: string) =>
      (name === 'old' && second >= end) || (name === 'new' && second < begin) ? null : 50
    expect(await judged(until(25, 35), { ...names, spec })).toMatchObject({ outcome: 'pass' })
    expect(await judged(until(25, 100), { ...names, spec })).toMatchObject({ outcome: 'no-data', reasonCode: 'gaps' })
  })

  it('one point that is late costs nothing', async () => {
    expect(await judged((second) => (second >= 55 ? null : 50))).toMatchObject({ outcome: 'pass' })
  })

  it('of a component that was replaced by another has no gap', async () => {
    const value = (second: number, name: string) => ((name === 'old') === second < 30 ? 50 : null)
    expect(await judged(value, { components: ['old', 'new'] })).toMatchObject({ outcome: 'pass' })
  })

  it('without any point is no data', async () => {
    expect(await judged(() => null)).toMatchObject({ outcome: 'no-data', reasonCode: 'no-samples' })
  })
})

describe('a sampled series', () => {
  const { query: _, ...asked } = memory
  const depth: GaugeObjective = { ...asked, series: 'queue_depth' }

  /** A minute of load, the last 20 s under a fault; a sample each second of each component, null for none. */
  const sampled = async (
    value: (second: number, component: string) => number | null,
    {
      components = ['worker-1'],
      objective = depth,
      faultAtS = 40,
      more = (_second: number): Record<string, number> => ({}),
    } = {},
  ) => {
    const { plan, events, lines } = makeRecord({
      warmUpS: 0,
      steadyS: faultAtS,
      faults: [{ atS: faultAtS, holdS: 5 }],
      recoveryS: 55 - faultAtS,
      stableForS: 3,
      streams: [{ perSecond: 50 }],
      objectives: [latencyObjective(), objective],
    })
    const samples = components.flatMap((component) =>
      Array.from({ length: 60 }, (_, second) => second).flatMap((second): RecordLine[] => {
        const at = value(second, component)
        const atMs = defaultStartMs + second * 1000
        const values = { [objective.series]: at ?? 0, ...more(second) }
        return at === null ? [] : [{ type: 'sample', atMs, component, values }]
      }),
    )
    const { verdict } = await judge({ plan, events, lines: [...lines(), ...samples] })
    return { result: verdict.result, ...verdict.objectives[1] }
  }

  it('that nobody saw for a part of the steady state is no data, never good', async () => {
    const { result, ...objective } = await sampled((second) => (second >= 10 && second < 25 ? null : 50))
    expect(objective).toMatchObject({
      outcome: 'no-data',
      reasonCode: 'gaps',
      reason: 'worker-1: no sample for 11 of 40 s of the steady state',
    })
    expect(result).toBe('inconclusive')
  })

  it('is never that of the load generator', async () => {
    const value = (_: number, name: string) => (name === 'k6' ? 150 : 50)
    expect(await sampled(value, { components: ['worker-1', 'k6'] })).toMatchObject({ outcome: 'pass' })
    expect(await sampled(value, { components: ['k6'] })).toMatchObject({ outcome: 'no-data' })
  })

  it('is not made whole by that of another component', async () => {
    const gone = (second: number, name: string) => (name === 'worker-2' && second < 30 ? null : 50)
    expect(await sampled(gone, { components: ['worker-1', 'worker-2'] })).toMatchObject({
      outcome: 'no-data',
      reason: expect.stringMatching(/^worker-2: no sample for/),
    })
  })

  it('may miss single samples, and all of a component that a fault takes away', async () => {
    expect(await sampled((second) => (second % 4 === 0 ? 50 : null))).toMatchObject({ outcome: 'pass' })
    expect(await sampled((second) => (second > 41 && second < 52 ? null : 50))).toMatchObject({ outcome: 'pass' })
  })

  it('gives the rate of a counter', async () => {
    const objective: GaugeObjective = { ...depth, aggregate: 'rate', op: 'gt', value: 9 }
    const counted = await sampled((second) => second * 10, { objective })
    expect(counted).toMatchObject({ outcome: 'pass', measured: { value: 10 } })
  })

  it('of a component that has not come back is no data, whatever the others say', async () => {
    const gone = (second: number, name: string) => (name === 'worker-2' && second > 41 ? null : 50)
    const components = ['worker-1', 'worker-2']
    for (const phases of [depth.phases, ['recovered' as const]]) {
      expect(await sampled(gone, { components, objective: { ...depth, aggregate: 'last', phases } })).toMatchObject({
        outcome: 'no-data',
        reason: 'worker-2: no sample at the end of the run',
      })
    }
  })

  it('of CPU time falls when a child ends, which is no restart', async () => {
    const objective: GaugeObjective = { ...depth, series: 'process_cpu_seconds', aggregate: 'rate', value: 2 }
    const cpu = (second: number) => 500 + second - (second === 20 ? 10 : 0)
    const rate = async (start: (second: number) => number) =>
      (await sampled(cpu, { objective, more: (second) => ({ process_start_ticks: start(second) }) })).measured?.value ??
      0
    expect(await rate(() => 77)).toBeLessThan(1.5)
    expect(await rate((second) => (second < 20 ? 77 : 78))).toBeGreaterThan(9)
  })

  it('shows a breach with gaps all the same, and is judged under faults as it is', async () => {
    expect(await sampled((second) => (second > 20 ? null : 150))).toMatchObject({ outcome: 'fail' })
    const objective: GaugeObjective = { ...depth, phases: ['fault', 'recovered'] }
    expect(await sampled((second) => (second < 38 ? null : 50), { objective })).toMatchObject({ outcome: 'pass' })
  })
})
