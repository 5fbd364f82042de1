import { describe, expect, it } from 'vitest'
import type { Objective } from '../model/objective.ts'
import type { Plan } from '../model/plan.ts'
import type { LoadLine, WindowLine } from '../model/window.ts'
import { demoPlan } from '../test/fixtures/plan.ts'
import { DecisionWatch } from './decision-watch.ts'

const startedAtMs = 1_700_000_000_000
const startS = startedAtMs / 1000
const perSecond = 20
const span = (startMs: number, endMs: number) => ({ startMs, endMs })
const slo: Objective = {
  ...{ kind: 'proportion', id: 'speed', title: 'Speed', gate: 'required', source: '', phases: ['steady', 'recovered'] },
  ...{ targetText: 'p95 < 500 ms', sli: { metric: 'holdfast_request', names: ['GET /'] }, thresholdUs: 500_000 },
  ...{ targetRatio: 0.95, show: 'latency', budgetWindowMs: null, productionPerSecond: null },
}
const refusals: Objective = {
  ...{ kind: 'count', id: 'refused', title: 'Refusals', gate: 'required', source: '', phases: ['steady', 'recovered'] },
  ...{ targetText: '≤ 1', sli: { metric: 'holdfast_request', names: ['POST /'] }, op: 'lte', value: 1, minSamples: 5 },
}
const [load] = demoPlan.load
if (!load) throw new Error('the fixture has no load')

/** 10 s of warm-up and 200 s of steady state. */
const planOf = (objectives: Objective[], changes: Partial<Plan> = {}): Plan => ({
  ...demoPlan,
  phases: {
    warmUp: span(0, 10_000),
    steady: span(10_000, 210_000),
    faults: span(210_000, 210_000),
    recovery: span(210_000, 210_000),
  },
  load: [
    {
      ...load,
      ...{ scenario: 'a', durationMs: 210_000, requests: { 'GET /': 1, 'POST /': 0.1 } },
      rate: [
        [0, perSecond],
        [210_000, perSecond],
      ],
    },
  ],
  faults: [],
  objectives,
  ...changes,
})

const window = (second: number, n: number, more: Partial<WindowLine> = {}): WindowLine => ({
  ...{ type: 'window', s: startS + second, metric: 'holdfast_request', kind: 'time', scenario: 'a', name: 'GET /' },
  ...{ status: '2xx', ok: true, n, sum: 0, min: 0, max: 0, firstUs: 0, lastUs: 0 },
  over: [[500_000, 0, -1, -1, 0, 0]],
  ...more,
})
const failed = { ok: false, status: '5xx' } as const
const slow = { over: [[500_000, perSecond, 0, 0, -1, -1]] } satisfies Partial<WindowLine>

/** Second after which it is decided, with one line a second. */
const decidedAt = (plan: Plan, line: (second: number) => WindowLine) => {
  const watch = new DecisionWatch(plan, startedAtMs)
  for (let second = 0; second < 210; second++) {
    watch.add(line(second))
    const decided = watch.decided(startedAtMs + (second + 1) * 1000)
    if (decided) return { second, ...decided }
  }
  return null
}

describe('a run is decided', () => {
  it.each([
    ['that fail', failed],
    ['that are slow', slow],
  ])('by requests %s, which no later ones can make up for', (_what, more) => {
    const found = decidedAt(planOf([slo]), (second) => window(second, perSecond, more))
    expect(found).toMatchObject({ result: 'fail' })
    // 37.5 % of the steady state, after the warm-up: three of eight batches.
    expect(found?.second).toBe(10 + 75 - 1)
    expect(found?.text).toMatch(/^Speed: 1,500 bad of 4,000 planned; were all 2,500 to come good, /)
  })

  it('by one bad answer more than a count allows', () => {
    const plan = planOf([slo, refusals])
    const found = decidedAt(plan, (second) =>
      second === 40 || second === 50 ? window(second, 1, { name: 'POST /', ...failed }) : window(second, perSecond),
    )
    expect(found).toEqual({ second: 50, result: 'fail', text: 'Refusals: 2 bad, ≤ 1 allowed' })
  })

  it('by a pass that nothing can take away any more, but not under faults and not beside other objectives', () => {
    const good = (second: number) => window(second, perSecond)
    expect(decidedAt(planOf([slo]), good)).toMatchObject({
      result: 'pass',
      text: expect.stringMatching(/^Speed: 0 bad/),
    })
    expect(decidedAt(planOf([slo]), good)?.second).toBeGreaterThan(200)
    expect(decidedAt(planOf([slo, refusals]), good)).toBeNull()
    expect(decidedAt(planOf([slo], { faults: demoPlan.faults }), good)).toBeNull()
    expect(decidedAt(planOf([slo], { baseline: { runs: ['r'], gates: true } }), good)).toBeNull()
  })
})

const load20 = (second: number, more: Partial<LoadLine>): LoadLine => ({
  ...{ type: 'load', s: startS + second, scenario: 'a', sli: 'GET /', dropped: 0 },
  ...{ started: perSecond, completed: perSecond, ...more },
})

describe('iterations that went wrong are bad requests, whatever their samples say', () => {
  it.each<[string, number, Partial<LoadLine>]>([
    ['failed after a good one', perSecond, { failed: perSecond, failedAfterGood: perSecond }],
    ['failed before any', 0, { failed: perSecond }],
    ['dropped', 0, { started: 0, completed: 0, dropped: perSecond }],
  ])('%s', (_what, n, more) => {
    const watch = new DecisionWatch(planOf([slo]), startedAtMs)
    let found: ReturnType<DecisionWatch['decided']> = null
    for (let second = 0; second < 100 && !found; second++) {
      watch.add(window(second, n))
      watch.add(load20(second, more))
      found = watch.decided(startedAtMs + (second + 1) * 1000)
    }
    expect(found).toMatchObject({ result: 'fail', text: expect.stringMatching(/^Speed: 1,500 bad of 4,000 planned/) })
  })

  it.each([
    ['that have ended', perSecond, 'pass'],
    ['that may still fail', perSecond - 5, 'open'],
  ])('good requests of iterations %s', (_what, completed, expected) => {
    const watch = new DecisionWatch(planOf([slo]), startedAtMs)
    for (let second = 0; second < 210; second++) {
      watch.add(window(second, perSecond))
      watch.add(load20(second, { completed }))
    }
    expect(watch.decided(startedAtMs + 210_000)?.result ?? 'open').toBe(expected)
  })
})

describe('a run is not decided', () => {
  it.each<[string, Objective[], (second: number) => WindowLine]>([
    ['by what is bad in the warm-up', [slo, refusals], (s) => window(s, perSecond, s < 10 ? failed : {})],
    ['by other requests', [slo], (s) => window(s, perSecond, { name: 'GET /other', ...failed })],
    ['by other metrics', [slo], (s) => window(s, perSecond, { metric: 'http_req_duration', ...failed })],
    ['by advisory objectives', [{ ...slo, gate: 'advisory' }], (s) => window(s, perSecond, failed)],
    ['by a short outage', [slo], (s) => window(s, perSecond, s >= 50 && s < 55 ? failed : {})],
  ])('%s', (_what, objectives, line) => {
    expect(decidedAt(planOf(objectives), (s) => line(s))?.result ?? 'open').not.toBe('fail')
  })

  it('by samples that have not come: silence is neither good nor bad', () => {
    expect(decidedAt(planOf([slo]), (second) => window(second, 0))).toBeNull()
  })
})

it('what must not happen at any time decides at any time, and else only before the first fault', () => {
  const faulted = { phases: { ...planOf([]).phases, steady: span(10_000, 60_000) }, faults: demoPlan.faults }
  const bad = (second: number) => window(second, 2, { name: 'POST /', ...(second === 100 ? failed : {}) })
  expect(decidedAt(planOf([refusals], faulted), bad)).toBeNull()
  const always: Objective = { ...refusals, phases: ['steady', 'fault', 'recovered'] }
  expect(decidedAt(planOf([always], faulted), bad)).toMatchObject({ second: 100, result: 'fail' })
})
