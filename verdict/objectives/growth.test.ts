import { describe, expect, it } from 'vitest'
import type { GrowthObjective } from '../../model/objective.ts'
import type { ObjectiveResult } from '../../model/verdict.ts'
import { latencyObjective, makeRecord } from '../../test/fixtures/record.ts'
import { judge } from '../judge.ts'
import { seededRandom } from '../random.ts'

const growth: GrowthObjective = {
  kind: 'growth',
  id: 'growth',
  title: 'Memory growth',
  gate: 'required',
  source: 'test',
  phases: ['steady'],
  targetText: '< 20 MB/h',
  series: 'process_resident_bytes',
  component: 'worker',
  op: 'lt',
  value: 20e6,
  minSeconds: 300,
}

type Sample = Record<string, number>

/** An hour of load and a sample a second; a worker as `bytes` says, with CPU time that rises. */
const judged = async (
  bytes: (second: number) => number | null,
  more: {
    steadyS?: number
    requireProof?: boolean
    cpu?: (second: number) => number
    /** Of the process; not sampled unless told. */
    start?: (second: number) => number
    component?: string
  } = {},
): Promise<ObjectiveResult> => {
  const { steadyS = 3600, requireProof = false, cpu = (second) => second * 0.1, component = 'worker-1' } = more
  const { plan, events, lines } = makeRecord({
    warmUpS: 0,
    steadyS,
    streams: [{ perSecond: 1 }],
    objectives: [latencyObjective(), growth],
    requireProof,
    series: [
      {
        component,
        values: (second): Sample => {
          const value = bytes(second)
          const start = more.start && { process_start_ticks: more.start(second) }
          return value === null ? {} : { process_resident_bytes: value, process_cpu_seconds: cpu(second), ...start }
        },
      },
    ],
  })
  const { verdict } = await judge({ plan, events, lines: lines() })
  const found = verdict.objectives.find(({ id }) => id === 'growth')
  if (!found) throw new Error('the objective was not judged')
  return found
}

/** Memory as a garbage-collected process has it: a sawtooth of 8 MB, and a wander that forgets slowly. */
const noise = (seed: number): ((second: number) => number) => {
  const random = seededRandom(seed)
  let wander = 0
  return (second) => {
    wander = 0.98 * wander + (random() - 0.5) * 1e6
    return 90e6 + ((second % 45) / 45) * 8e6 + wander
  }
}

describe('a planted leak', () => {
  it.each([60, 120, 600])('of %d MB/h is proven through noise, with an interval that holds it', async (planted) => {
    const base = noise(1)
    const result = await judged((second) => base(second) + (planted * 1e6 * second) / 3600)
    expect(result).toMatchObject({ outcome: 'fail', proven: true, reasonCode: 'proven-fail' })
    expect(result.interval.low ?? Number.NaN).toBeLessThan(planted * 1e6)
    expect(result.interval.high ?? Number.NaN).toBeGreaterThan(planted * 1e6)
    expect(result.measured.text).toMatch(/^[\d,.]+ MB\/h$/)
  })

  it('in one of many samples that are wild does not vanish', async () => {
    const result = await judged((second) => 90e6 + (100e6 * second) / 3600 + (second % 9 === 0 ? 400e6 : 0))
    expect(result).toMatchObject({ outcome: 'fail' })
    expect((result.measured.value ?? 0) / 1e6).toBeCloseTo(100, 0)
  })
})

describe('noise without a leak', () => {
  it('is never a leak, whatever the seed', async () => {
    const outcomes = await Promise.all(Array.from({ length: 20 }, (_, seed) => judged(noise(seed + 1))))
    expect(outcomes.map(({ outcome }) => outcome)).not.toContain('fail')
    expect(outcomes.filter(({ proven }) => proven).length).toBeGreaterThan(15)
  })

  it('of one early step (a cache that fills) is none either', async () => {
    const base = noise(3)
    expect(await judged((second) => base(second) + (second > 300 ? 30e6 : 0))).toMatchObject({ outcome: 'pass' })
  })

  it('too short to prove anything passes as not proven, and is inconclusive where proof is required', async () => {
    // The same noise both times: a fresh one for each run of the judge.
    const flat =
      (random = seededRandom(4)) =>
      () =>
        90e6 + (random() - 0.5) * 60e6
    const short = await judged(flat(), { steadyS: 330 })
    expect(short).toMatchObject({ outcome: 'pass', proven: false, reasonCode: 'no-breach-seen' })
    expect(await judged(flat(), { steadyS: 330, requireProof: true })).toMatchObject({ outcome: 'inconclusive' })
  })
})

describe('no data', () => {
  it('without samples, or of another component', async () => {
    expect(await judged(() => null)).toMatchObject({ outcome: 'no-data', reasonCode: 'no-samples' })
    expect(await judged(noise(1), { component: 'api' })).toMatchObject({ outcome: 'no-data', reasonCode: 'no-samples' })
  })

  it('when no process lived long enough: a leak that restarts hide is not called absent', async () => {
    const life = 240
    const leaking = (second: number) => 90e6 + (second % life) * 1e6
    const result = await judged(leaking, { cpu: (second) => (second % life) * 0.1 })
    expect(result).toMatchObject({ outcome: 'no-data', reasonCode: 'too-few-samples' })
    expect(result.reason).toMatch(/^worker-1: 240 samples over 3 min 59 s of one process, at least 5 min needed$/)
  })

  it('when most samples are missing', async () => {
    const base = noise(1)
    expect(await judged((second) => (second % 30 === 0 ? base(second) : null), { steadyS: 600 })).toMatchObject({
      outcome: 'no-data',
      reasonCode: 'too-few-samples',
    })
  })
})

it('a child that ends, which takes its CPU time along, is no restart; another start is', async () => {
  const base = noise(1)
  const cpu = (second: number) => 100 + second * 0.1 - (second % 240 === 0 ? 2 : 0)
  const same = await judged(base, { cpu, start: () => 77 })
  expect(same).toMatchObject({ outcome: 'pass' })
  expect(same.n).toBeGreaterThan(3500)
  const replaced = await judged(base, { cpu, start: (second) => Math.floor(second / 240) })
  expect(replaced).toMatchObject({ outcome: 'no-data', reasonCode: 'too-few-samples' })
})

it('a restart in the middle is no negative growth: the longest life decides', async () => {
  const leaking = (second: number) => 90e6 + ((second < 1000 ? second : second - 1000) * 100e6) / 3600
  const result = await judged(leaking, { cpu: (second) => (second < 1000 ? second : second - 1000) * 0.1 })
  expect((result.measured.value ?? 0) / 1e6).toBeCloseTo(100, 0)
  expect(result.n).toBeGreaterThan(2500)
})
