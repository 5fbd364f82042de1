import { describe, expect, test } from 'vitest'
import type { Guard } from '../model/gameday.ts'
import { guardText } from '../model/guard-text.ts'
import type { LoadLine, WindowLine } from '../model/window.ts'
import { GuardProbes } from './guard-probes.ts'
import { GuardWatch } from './guards.ts'
import { LiveWindow } from './live.ts'

const t0 = 1_700_000_000

/** One second of requests, told at its end; `ok` of `n` are good, each in `tookMs`. */
const second = (live: LiveWindow, s: number, { n, bad, tookMs = 10 }: { n: number; bad: number; tookMs?: number }) => {
  const window = (count: number, ok: boolean): WindowLine => ({
    type: 'window',
    s,
    metric: 'holdfast_request',
    kind: 'time',
    scenario: 'a',
    name: 'GET /',
    status: '2xx',
    ok,
    n: count,
    sum: 0,
    min: 0,
    max: 0,
    firstUs: 0,
    lastUs: 0,
    hist: [Math.min(2047, tookMs * 1000), count],
  })
  const load: LoadLine = { type: 'load', s, scenario: 'a', sli: 'GET /', started: n, completed: n, dropped: 0 }
  for (const line of [window(n - bad, true), window(bad, false), load]) live.add(line, s * 1000 + 999)
}

/** Seconds at which the guard trips, when `figures(s)` is what second s brings. */
const trips = (guard: Guard, figures: (s: number) => { n: number; bad: number; tookMs?: number } | null): number[] => {
  const live = new LiveWindow()
  const watch = new GuardWatch([guard], new GuardProbes([], {}))
  const tripped: number[] = []
  for (let s = 0; s < 20; s++) {
    const figure = figures(s)
    if (figure) second(live, t0 + s, figure)
    if (watch.tripped(live, (t0 + s + 1) * 1000)) tripped.push(s)
  }
  return tripped
}

const errors: Guard = { kind: 'errorRatio', aboveRatio: 0.5, for: '5s' }

test('no guards, no data: nothing trips', () => {
  expect(new GuardWatch([], new GuardProbes([], {})).tripped(new LiveWindow(), t0 * 1000)).toBeNull()
  const all: Guard[] = [
    errors,
    { kind: 'latency', percentile: 99, aboveMs: 1, for: 0 },
    { kind: 'achievedRate', belowRatio: 0.9, for: 0 },
  ]
  for (const guard of all) expect(trips({ ...guard, for: 0 }, () => null)).toEqual([])
})

describe('errors', () => {
  test('exactly at the bound does not trip', () => {
    expect(trips({ ...errors, for: 0 }, () => ({ n: 10, bad: 5 }))).toEqual([])
  })
  test('trips only after its whole time', () => {
    const [first] = trips(errors, () => ({ n: 10, bad: 10 }))
    expect(first).toBe(5)
  })
  test('a good moment in between starts the time again', () => {
    expect(trips(errors, (s) => ({ n: 10, bad: s % 4 === 3 ? 0 : 6 }))).toEqual([])
  })
})

test('latency trips above its bound, at the percentile asked for', () => {
  const figures = () => ({ n: 100, bad: 0, tookMs: 1 })
  expect(trips({ kind: 'latency', percentile: 95, aboveMs: 0.9, for: 0 }, figures)).not.toEqual([])
  expect(trips({ kind: 'latency', percentile: 95, aboveMs: 1.1, for: 0 }, figures)).toEqual([])
})

describe('latency in a total hang', () => {
  const slow: Guard = { kind: 'latency', percentile: 99, aboveMs: 5_000, for: '4s' }
  /** Ten a second, answered until `hangS`; then nothing is; `dueS` is the last second with load. */
  const tripsAt = (hangS: number, dueS = 30): number | null => {
    const live = new LiveWindow()
    const watch = new GuardWatch([slow], new GuardProbes([], {}))
    for (let s = 0; s < 30; s++) {
      if (s < hangS) second(live, t0 + s, { n: 10, bad: 0 })
      else if (s <= dueS)
        live.add(
          { type: 'load', s: t0 + s, scenario: 'a', sli: '', started: 10, completed: 0, dropped: 0 },
          (t0 + s) * 1000 + 999,
        )
      const tripped = watch.tripped(live, (t0 + s + 1) * 1000)
      if (tripped === null) continue
      expect(tripped.evidence).toMatch(/^no answers, and \d+0 in flight for more than 5000 ms$/)
      return s
    }
    return null
  }
  test('trips when what is in flight is older than the bound for long enough, before any timeout', () => {
    // The requests of second 10 are 5 s old at the end of second 15; 4 s later is enough.
    expect(tripsAt(10)).toBe(19)
  })
  test('does not trip without a hang, nor on what was in flight when the load ended', () => {
    expect(tripsAt(30)).toBeNull()
    expect(tripsAt(10, 12)).toBeNull()
  })
})

test('the achieved rate trips when iterations start and do not end', () => {
  const live = new LiveWindow()
  const watch = new GuardWatch([{ kind: 'achievedRate', belowRatio: 0.5, for: 0 }], new GuardProbes([], {}))
  live.add({ type: 'load', s: t0, scenario: 'a', sli: '', started: 30, completed: 10, dropped: 0 }, t0 * 1000)
  expect(watch.tripped(live, (t0 + 1) * 1000)).toEqual({
    guard: 'achieved rate < 50 % of offered for 0 ms',
    evidence: '3.3/s of 10.0/s',
  })
})

test('names read well, also where floating point does not', () => {
  expect(guardText({ kind: 'errorRatio', aboveRatio: 0.07, for: '15s' })).toBe('errors > 7 % for 15 s')
  expect(guardText({ kind: 'latency', percentile: 99.9, aboveMs: 1_500, for: '1m' })).toBe('p99.9 > 1.5 s for 60 s')
})
