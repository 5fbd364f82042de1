import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { sleepUntil } from './clock.ts'

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
  const slept = sleepUntil(1_000_500, never()).then((reached) => [reached, Date.now()])
  // The clock was set back: the timer is over and the time has not come.
  await vi.advanceTimersByTimeAsync(400)
  vi.setSystemTime(1_000_300)
  await vi.advanceTimersByTimeAsync(1_000)
  expect(await slept).toEqual([true, 1_000_500])
})

test('sleeps longer than one timer can', async () => {
  const days60Ms = 60 * 86_400_000
  const slept = sleepUntil(1_000_000 + days60Ms, never()).then(() => Date.now())
  await vi.advanceTimersByTimeAsync(days60Ms)
  expect(await slept).toBe(1_000_000 + days60Ms)
})
