import { expect, test } from 'vitest'
import type { Plan } from '../model/plan.ts'
import type { LoadLine, StreamLine, WindowLine } from '../model/window.ts'
import { demoPlan } from '../test/fixtures/plan.ts'
import { SteadyCheck } from './steady-check.ts'

const startedAtMs = 1_700_000_000_400
/** Whole seconds of the steady state: from 10 s to 50 s after the start. */
const [firstS, endS] = [1_700_000_011, 1_700_000_050]

const [latency] = demoPlan.objectives.filter(({ id }) => id === 'api-latency')
const plan = (more: object = {}): Plan => ({ ...demoPlan, objectives: [{ ...latency, ...more } as never] })

const window = (s: number, n: number, more: Partial<WindowLine> = {}): WindowLine => ({
  type: 'window',
  s,
  metric: 'holdfast_request',
  kind: 'time',
  scenario: 'a',
  name: 'GET /',
  status: '2xx',
  ok: true,
  n,
  sum: 0,
  min: 0,
  max: 0,
  firstUs: 0,
  lastUs: 0,
  over: [[500_000, 0, -1, -1, 0, 0]],
  ...more,
})

const tenSeconds = (lines: (s: number) => StreamLine[]): StreamLine[] =>
  Array.from({ length: 10 }, (_, at) => lines(firstS + at)).flat()

const reason = (checked: Plan, lines: StreamLine[]) => {
  const check = new SteadyCheck(checked, startedAtMs)
  for (const line of lines) check.add(line)
  return check.reasonNotToStart()
}

test('nothing measured is a reason, and so are samples of other times, metrics, names or scenarios only', () => {
  const nothing = 'nothing was measured in steady state'
  expect(reason(plan(), [])).toBe(nothing)
  expect(reason(plan(), [window(firstS - 1, 100), window(endS, 100)])).toBe(nothing)
  expect(reason(plan(), [window(firstS, 100, { metric: 'batch_completion' })])).toBe(nothing)
  expect(reason(plan({ sli: { metric: 'holdfast_request', names: ['POST /'] } }), [window(firstS, 100)])).toBe(nothing)
  expect(reason(plan({ sli: { metric: 'holdfast_request', scenarios: ['b'] } }), [window(firstS, 100)])).toBe(nothing)
})

test('a proven breach is a reason that says what was seen', () => {
  const bad = tenSeconds((s) => [window(s, 6), window(s, 4, { ok: false, status: '5xx' })])
  expect(reason(plan(), bad)).toBe('steady state proves a breach of "API latency p95" (40 of 100 bad)')
})

test('one bad second proves no breach, however many requests it holds', () => {
  const spell = tenSeconds((s) => [window(s, 10, s === firstS ? { ok: false, status: '5xx' } : {})])
  expect(reason(plan(), spell)).toBeNull()
})

test('samples over the threshold are bad, and so are fast ones that are not ok', () => {
  const slow = (s: number) =>
    window(s, 10, {
      over: [
        [100_000, 9, 0, 0, 0, 0],
        [500_000, 3, 0, 0, 0, 0],
      ],
    })
  expect(
    reason(
      plan(),
      tenSeconds((s) => [slow(s)]),
    ),
  ).toMatch('30 of 100 bad')
  const failed = (s: number) => window(s, 2, { ok: false, over: [[500_000, 0, -1, -1, 0, 0]] })
  expect(
    reason(
      plan(),
      tenSeconds((s) => [window(s, 8), failed(s)]),
    ),
  ).toMatch('20 of 100')
})

test('rates are bad where they say failure', () => {
  const rate = (metric: string, sum: number) =>
    reason(
      plan({ sli: { metric }, thresholdUs: null }),
      tenSeconds((s) => [window(s, 10, { metric, kind: 'rate', sum })]),
    )
  expect(rate('paid', 0)).toMatch('100 of 100 bad')
  expect(rate('paid', 10)).toBeNull()
  expect(rate('http_req_failed', 10)).toMatch('100 of 100 bad')
})

test('dropped and failed iterations are bad, and need no sample', () => {
  const load = (s: number, more: Partial<LoadLine>): LoadLine => ({
    ...{ type: 'load', s, scenario: 'a', sli: 'GET /', started: 10, completed: 10, dropped: 0 },
    ...more,
  })
  const checked = plan({ sli: { metric: 'holdfast_request', names: ['GET /'] } })
  const all = (more: Partial<LoadLine>, n = 0) =>
    reason(
      checked,
      tenSeconds((s) => [...(n > 0 ? [window(s, n)] : []), load(s, more)]),
    )
  expect(all({ dropped: 10 })).toMatch('100 of 100 bad')
  expect(all({ failed: 10 })).toMatch('100 of 100 bad')
  expect(all({ failed: 5, failedAfterGood: 5 }, 10)).toMatch('50 of 100 bad')
  expect(all({ sli: 'POST /', dropped: 10 }, 10)).toBeNull()
  expect(all({})).toBe('nothing was measured in steady state')
})

test('two seconds in which all fails are enough', () => {
  const down = (s: number) => window(s, 20, { ok: false, status: '5xx' })
  expect(reason(plan(), [down(firstS), down(firstS + 1)])).toMatch('40 of 40 bad')
})

test('healthy, unproven, or advisory: faults may start', () => {
  expect(reason(plan(), [window(firstS, 1_000)])).toBeNull()
  expect(reason(plan(), [window(firstS, 1), window(firstS, 1, { ok: false })])).toBeNull()
  expect(reason(plan({ gate: 'advisory' }), [window(firstS, 100, { ok: false })])).toBeNull()
})

test('a plan without such objectives asks for nothing', () => {
  expect(reason({ ...demoPlan, objectives: [] }, [])).toBeNull()
})
