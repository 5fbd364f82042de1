import { afterEach, beforeEach, describe, expect, it, test, vi } from 'vitest'
import { sleepUntil, watchClock } from './clock.ts'

beforeEach(() => void vi.useFakeTimers({ now: 1_000_000 }))
afterEach(() => void vi.useRealTimers())

const never = () => new AbortController().signal

test('an aborted signal gives false at once, and leaves no timer', async () => {
  expect(await sleepUntil(2_000_000, AbortSignal.abort())).toBe(false)
  expect(vi.getTimerCount()).toBe(0)
})

test('an abort in between gives false, and leaves no timer', async () => {
  const abort = new AbortController()
  const slept = sleepUntil(1_000_500, abort.signal)
  await vi.advanceTimersByTimeAsync(100)
  abort.abort()
  expect(await slept).toBe(false)
  expect(vi.getTimerCount()).toBe(0)
})

test('a time that has passed gives true at once', async () => {
  expect(await sleepUntil(999_999, never())).toBe(true)
  expect(await sleepUntil(1_000_000, never())).toBe(true)
})

test('never resolves early, even when the timer does', async () => {
  const [begunMs, startMs] = [performance.now(), Date.now()]
  const early = [0, 0, 499.4].map((ms) => begunMs + ms)
  const now = vi.spyOn(performance, 'now')
  for (const ms of early) now.mockReturnValueOnce(ms)
  const slept = sleepUntil(startMs + 500, never())
  await vi.advanceTimersByTimeAsync(500)
  // The timer is over, the time was not yet: it has armed another.
  expect(vi.getTimerCount()).toBe(1)
  await vi.advanceTimersByTimeAsync(1)
  expect(await slept).toBe(true)
})

test.each([
  { name: 'set back', toMs: 400_000 },
  { name: 'set forward', toMs: 9_000_000 },
])('a machine time that is $name makes it neither longer nor shorter', async ({ toMs }) => {
  const begunMs = performance.now()
  const slept = sleepUntil(1_000_500, never()).then(() => performance.now() - begunMs)
  await vi.advanceTimersByTimeAsync(100)
  vi.setSystemTime(toMs)
  await vi.advanceTimersByTimeAsync(10_000)
  expect(await slept).toBe(500)
})

test('sleeps longer than one timer can', async () => {
  const days60Ms = 60 * 86_400_000
  const slept = sleepUntil(1_000_000 + days60Ms, never()).then(() => Date.now())
  await vi.advanceTimersByTimeAsync(days60Ms)
  expect(await slept).toBe(1_000_000 + days60Ms)
})

describe('the watch on the machine time', () => {
  const watched = async (toMs: number) => {
    const broken: string[] = []
    const stop = watchClock((error) => broken.push(error.message))
    await vi.advanceTimersByTimeAsync(5_000)
    vi.setSystemTime(toMs)
    await vi.advanceTimersByTimeAsync(5_000)
    const moved = stop()
    expect(vi.getTimerCount()).toBe(0)
    return { broken, moved }
  }
  const went = (words: string) => `the machine's time went ${words} during the run`

  it.each([
    { name: 'back', toMs: 1_002_900, broken: [went('2.1 s back')], moved: null },
    { name: 'ahead, as when the machine sleeps', toMs: 1_065_000, broken: [went('60.0 s ahead')], moved: null },
    { name: 'on with a small step', toMs: 1_003_100, broken: [], moved: went('1.9 s back') },
    { name: 'on as it should', toMs: 1_005_000, broken: [], moved: null },
  ])('tells once when it goes $name', async ({ toMs, broken, moved }) => {
    expect(await watched(toMs)).toEqual({ broken, moved })
  })
})
