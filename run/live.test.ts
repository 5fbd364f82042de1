import { describe, expect, test } from 'vitest'
import { bucketOf } from '../model/histogram.ts'
import type { LoadLine, WindowLine } from '../model/window.ts'
import { LiveWindow } from './live.ts'

const t0 = 1_700_000_000

const load = (s: number, counts: Partial<LoadLine>): LoadLine => ({
  type: 'load',
  s,
  scenario: 'a',
  sli: 'GET /',
  started: 0,
  completed: 0,
  dropped: 0,
  ...counts,
})

const requests = (s: number, n: number, tookMs: number, more: Partial<WindowLine> = {}): WindowLine => ({
  type: 'window',
  s,
  metric: 'holdfast_request',
  kind: 'time',
  scenario: 'a',
  name: 'GET /',
  status: '2xx',
  ok: true,
  n,
  sum: n * tookMs * 1000,
  min: tookMs * 1000,
  max: tookMs * 1000,
  firstUs: 0,
  lastUs: 0,
  hist: [bucketOf(tookMs * 1000), n],
  ...more,
})

/** Constant arrivals whose iterations all take `tookMs`, as the stream tells of them: every 200 ms. */
const play = (
  live: LiveWindow,
  options: { fromMs: number; sinceMs?: number; toMs: number; perSecond: number; tookMs: number },
) => {
  const { fromMs, sinceMs = fromMs, toMs, perSecond, tookMs } = options
  const everyMs = 1000 / perSecond
  const second = (ms: number) => t0 + Math.floor(ms / 1000)
  for (let flushMs = sinceMs + 200; flushMs <= toMs; flushMs += 200) {
    const now = t0 * 1000 + flushMs
    for (let startMs = fromMs; startMs < flushMs; startMs += everyMs) {
      if (startMs >= flushMs - 200) live.add(load(second(startMs), { started: 1 }), now)
      const endMs = startMs + tookMs
      if (endMs >= flushMs - 200 && endMs < flushMs) {
        live.add(load(second(startMs), { completed: 1 }), now)
        live.add(requests(second(startMs), 1, tookMs), now)
      }
    }
  }
}

test('nothing at all is no error and no latency, not zero of them', () => {
  expect(new LiveWindow().status(t0 * 1000)).toEqual({
    offeredPerSecond: 0,
    achievedPerSecond: 0,
    p95Ms: null,
    errorRatio: null,
    inFlight: 0,
  })
})

describe('a healthy system', () => {
  test.each([
    { perSecond: 100, tookMs: 5 },
    { perSecond: 100, tookMs: 190 },
    { perSecond: 10, tookMs: 730 },
    { perSecond: 3, tookMs: 40 },
    { perSecond: 10, tookMs: 2_500 },
    { perSecond: 7.3, tookMs: 190 },
  ])('shows no error at any moment: $perSecond/s of $tookMs ms', (rate) => {
    const live = new LiveWindow()
    const seen: [number, number | null][] = []
    for (let nowMs = 200; nowMs <= 12_000; nowMs += 200) {
      play(live, { fromMs: 0, sinceMs: nowMs - 200, toMs: nowMs, ...rate })
      // Before, the first iterations have not ended.
      if (nowMs >= 7_000) seen.push([nowMs, live.status(t0 * 1000 + nowMs).errorRatio])
    }
    expect(seen.filter(([, errorRatio]) => errorRatio !== 0)).toEqual([])
  })

  test('shows no error while its first users, who stay for half a minute, arrive', () => {
    const live = new LiveWindow()
    const ratios: (number | null)[] = []
    for (let second = 0; second < 20; second++) {
      const now = (t0 + second) * 1000 + 999
      live.add(load(t0 + second, { scenario: 'users', started: 3 }), now)
      live.add(requests(t0 + second, 6, 10, { scenario: 'users' }), now)
      ratios.push(live.status(now + 1).errorRatio)
    }
    expect(new Set(ratios)).toEqual(new Set([0]))
  })

  test('shows its rates and its latency', () => {
    const live = new LiveWindow()
    play(live, { fromMs: 0, toMs: 5_000, perSecond: 100, tookMs: 50 })
    const status = live.status((t0 + 5) * 1000)
    expect(status.offeredPerSecond).toBeCloseTo(100, -1)
    expect(status.achievedPerSecond).toBeCloseTo(100, -1)
    expect(status.p95Ms).toBeCloseTo(50, 0)
    expect(status.inFlight).toBe(5)
  })
})

test('a total hang is seen while it lasts: every request of the hanging seconds is an error', () => {
  const live = new LiveWindow()
  play(live, { fromMs: 0, toMs: 5_000, perSecond: 100, tookMs: 10 })
  // From here on requests start and none ends, so the stream tells of starts only.
  const ratios: (number | null)[] = []
  for (let second = 5; second < 10; second++) {
    live.add(load(t0 + second, { started: 100 }), (t0 + second) * 1000 + 999)
    ratios.push(live.status((t0 + second + 1) * 1000).errorRatio)
  }
  expect(ratios[1]).toBeGreaterThan(0.2)
  expect(ratios.at(-1)).toBe(1)
})

test('a scenario that hangs is seen beside one whose requests are answered', () => {
  const live = new LiveWindow()
  for (let second = 0; second < 10; second++) {
    const now = (t0 + second) * 1000 + 999
    live.add(load(t0 + second, { scenario: 'users', started: 3 }), now)
    live.add(requests(t0 + second, 90, 10, { scenario: 'users' }), now)
    live.add(load(t0 + second, { scenario: 'probe', started: 10 }), now)
  }
  expect(live.status((t0 + 10) * 1000).errorRatio).toBeCloseTo(0.1, 5)
})

test('bad requests and dropped iterations are errors', () => {
  const live = new LiveWindow()
  const now = (t0 + 1) * 1000
  live.add(requests(t0 + 1, 6, 10), now)
  live.add(requests(t0 + 1, 2, 10, { ok: false, status: '5xx' }), now)
  live.add(load(t0 + 1, { started: 8, completed: 8, dropped: 2 }), now)
  const status = live.status(now + 1_000)
  expect(status.errorRatio).toBe(0.4)
  expect(status.offeredPerSecond).toBeCloseTo(10 / 3)
})

test('other metrics are no requests', () => {
  const live = new LiveWindow()
  live.add(requests(t0, 5, 10, { metric: 'batch_completion' }), t0 * 1000)
  expect(live.status((t0 + 1) * 1000).p95Ms).toBeNull()
})

test('percentiles are those of the merged histograms of the time that was asked for', () => {
  const live = new LiveWindow()
  live.add(requests(t0, 100, 1_000), t0 * 1000)
  live.add(requests(t0 + 10, 90, 10), (t0 + 10) * 1000)
  live.add(requests(t0 + 10, 10, 300), (t0 + 10) * 1000)
  const now = (t0 + 11) * 1000
  expect(live.latencyMs(now, 3_000, 0.5)).toBeCloseTo(10, 0)
  expect(live.latencyMs(now, 3_000, 0.99)).toBeCloseTo(300, 0)
  expect(live.latencyMs(now + 60_000, 3_000, 0.99)).toBeNull()
})
