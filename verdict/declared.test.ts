import { describe, expect, it } from 'vitest'
import type { PlannedLoad } from '../model/plan.ts'
import type { RecordLine } from '../model/window.ts'
import type { RunSpec } from '../test/fixtures/record.ts'
import { defaultStartMs, errorObjective, latencyObjective, makeRecord, withTotals } from '../test/fixtures/record.ts'
import { judge } from './judge.ts'

const base: RunSpec = {
  warmUpS: 2,
  steadyS: 58,
  streams: [{ perSecond: 20 }],
  objectives: [latencyObjective(), errorObjective()],
}
const judgeRun = async (spec: Partial<RunSpec>, declared: Partial<PlannedLoad> = {}) => {
  const { plan, events, lines } = makeRecord({ ...base, ...spec })
  const load = plan.load.map((one) => ({ ...one, ...declared }))
  return (await judge({ plan: { ...plan, load }, events, lines: lines() })).verdict
}
const silent = (ratio: number, fromS = 0, toS = 60) => ({ kind: 'silent' as const, fromS, toS, ratio })

describe('samples that do not come', () => {
  it('make a run invalid and are named', async () => {
    const verdict = await judgeRun({ troubles: [silent(0.5)] })
    expect(verdict).toMatchObject({ result: 'invalid', exitCode: 3 })
    expect(verdict.sentence).toMatch(
      /scenario flood: 5\d\d samples of GET \/, where 1,1\d\d completed iterations declare 1,1\d\d/,
    )
  })

  it.each([
    ['10 % of a run', silent(0.1)],
    ['all of 20 s', silent(1, 30, 50)],
    ['half of the last 20 s', silent(0.5, 40, 60)],
    ['all', silent(1)],
  ])('are missed: %s', async (_, trouble) => {
    expect((await judgeRun({ troubles: [trouble] })).result).not.toBe('pass')
  })

  it('tell which part of a long run they are missing in', async () => {
    const verdict = await judgeRun({ steadyS: 600, troubles: [silent(1, 300, 310)] })
    expect(verdict.invalidReasons[0]).toMatch(/from second 29\d to 3\d\d$/)
  })

  it('are not made up for by the samples of later iterations, however long a few of them took', async () => {
    const { plan, events, lines } = makeRecord({
      ...{ ...base, steadyS: 1198, streams: [{ perSecond: 10 }], troubles: [silent(1, 100, 120)] },
    })
    const startS = Math.floor(defaultStartMs / 1000)
    const long = [...lines()].map((line) =>
      line.type === 'load' && [105, 115].includes(line.s - startS) && line.completed > 0
        ? { ...line, durationUs: 25e6, longestUs: 25e6 }
        : line,
    )
    const { verdict } = await judge({ plan, events, lines: withTotals(long) })
    expect(verdict.invalidReasons[0]).toContain('from second')
  })

  it('are explained by requests that failed before them', async () => {
    const declared = { requests: { 'GET /': 1, 'GET /next': 1 } }
    const verdict = await judgeRun({ streams: [{ perSecond: 20, errorRatio: 1 }] }, declared)
    expect(verdict).toMatchObject({ result: 'fail', invalidReasons: [] })
  })

  it('are missed under a name of which there is none', async () => {
    const verdict = await judgeRun({}, { requests: { 'GET /': 1, 'GET /next': 0.5 } })
    expect(verdict.invalidReasons[0]).toContain('0 samples of GET /next')
  })

  it('are missed of a metric of the scripts, too', async () => {
    const verdict = await judgeRun({}, { samples: { operation_time: { create: 1 } } })
    expect(verdict.invalidReasons[0]).toContain('0 samples of operation_time create')
  })
})

describe('samples that fit', () => {
  it.each([
    ['a steady run', {}],
    ['rare requests beside frequent ones', { streams: [{ perSecond: 20 }, { perSecond: 0.2, name: 'GET /rare' }] }],
    ['long iterations', { streams: [{ perSecond: 5, thinkMs: 20_000 }] }],
    ['an outage', { troubles: [{ kind: 'refused' as const, fromS: 30, toS: 40 }] }],
    ['a hang', { troubles: [{ kind: 'hang' as const, fromS: 30, toS: 34, ms: 5000 }] }],
  ])('%s', async (_, spec) => {
    expect((await judgeRun(spec)).invalidReasons).toEqual([])
  })

  it('a stall that makes the second request of some seconds come late, all at once', async () => {
    const { plan, events, lines } = makeRecord(base)
    const [load] = plan.load
    if (!load) throw new Error('no load')
    const startS = Math.floor(defaultStartMs / 1000)
    const stalled = (s: number) => s >= startS + 25 && s < startS + 30
    const moved = [...lines()].flatMap((line): RecordLine[] => {
      if (line.type === 'load' && stalled(line.s))
        return [
          { ...line, durationUs: (line.durationUs ?? 0) + 6e6 * line.completed, longestUs: line.completed && 6e6 },
        ]
      if (line.type !== 'window') return [line]
      return [line, { ...line, name: 'GET /next', s: stalled(line.s) ? startS + 30 : line.s }]
    })
    const declared = { ...load, requests: { 'GET /': 1, 'GET /next': 1 } }
    const { verdict } = await judge({ plan: { ...plan, load: [declared] }, events, lines: withTotals(moved) })
    expect(verdict.invalidReasons).toEqual([])
    expect(verdict.result).toBe('pass')
  })

  it('are told as a warning where there are more than declared', async () => {
    const verdict = await judgeRun({ vus: 10 }, { requests: { 'GET /': 0.5 } })
    expect(verdict.result).toBe('pass')
    expect(verdict.warnings).toEqual([
      'Scenario flood: 1,200 samples of GET /, where 1,200 iterations declare 600. The plan counts on the declared number.',
    ])
  })
})

describe('iterations that end by an exception', () => {
  const error = { type: 'error' as const, name: 'GET /', error: 'exception: Error: no token', n: 60 }
  const thrown = async (spec: Partial<RunSpec>) => {
    const { plan, events, lines } = makeRecord({ ...base, ...spec })
    return (await judge({ plan, events, lines: [...lines(), error] })).verdict
  }

  it.each([['throw' as const], ['throwAfter' as const]])('are one bad request each (%s)', async (kind) => {
    const verdict = await thrown({ troubles: [{ kind, fromS: 20, toS: 40, ratio: 0.5 }] })
    expect(verdict.invalidReasons).toEqual([])
    expect(verdict.result).not.toBe('pass')
    const [, errors] = verdict.objectives
    // The seconds in which the phases meet belong to neither: at most two of 20 iterations.
    expect(errors?.n).toBeGreaterThan(1120)
    expect(errors?.n).toBeLessThanOrEqual(1160)
    expect(errors?.phases.find(({ phase }) => phase === 'steady')?.bad).toBeGreaterThan(170)
    expect(verdict.topErrors).toEqual([{ name: 'GET /', error: 'exception: Error: no token', n: 60 }])
    expect(verdict.detail).toContain(
      'Iterations failed in the scenario itself: "exception: Error: no token" (60 times).',
    )
  })

  it('fail a run in which nothing else happened', async () => {
    expect(await thrown({ troubles: [{ kind: 'throw', fromS: 0, toS: 60 }] })).toMatchObject({ result: 'fail' })
  })
})
