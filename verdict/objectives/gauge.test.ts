import { describe, expect, it } from 'vitest'
import type { GaugeObjective } from '../../model/objective.ts'
import type { RecordLine } from '../../model/window.ts'
import { defaultStartMs, latencyObjective, makeRecord } from '../../test/fixtures/record.ts'
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
  { components = ['api'], objective = memory } = {},
) => {
  const { plan, events, lines } = makeRecord({
    warmUpS: 0,
    steadyS: 60,
    streams: [{ perSecond: 50 }],
    objectives: [latencyObjective(), objective],
  })
  const samples = components.flatMap((component) =>
    Array.from({ length: 13 }, (_, i) => i * 5).flatMap((second): RecordLine[] => {
      const at = value(second, component)
      const atMs = defaultStartMs + second * 1000
      return at === null ? [] : [{ type: 'sample', atMs, component, values: { 'prometheus:memory': at } }]
    }),
  )
  const prometheus = { url: 'http://prometheus', stepMs: 5_000 }
  const { verdict } = await judge({ plan: { ...plan, prometheus }, events, lines: [...lines(), ...samples] })
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
    expect(objective.reason).toMatch(/^[34] of 12 points are missing or no number$/)
    expect(result).toBe('inconclusive')
  })

  it('a breach among the points that are there is one all the same', async () => {
    expect(await judged((second) => (second >= 30 ? null : 150))).toMatchObject({ outcome: 'fail' })
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

  it('gives the rate of a counter', async () => {
    const objective: GaugeObjective = { ...memory, aggregate: 'rate', op: 'gt', value: 9 }
    expect(await judged((second) => second * 10, { objective })).toMatchObject({
      outcome: 'pass',
      measured: { value: 10 },
    })
  })
})
