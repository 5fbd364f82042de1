import { expect, test } from 'vitest'
import { RateLimiter } from './rate-limiter.ts'

const limiterAt = () => {
  let nowMs = 0
  const limiter = new RateLimiter({ limit: 100, windowMs: 60_000, now: () => nowMs })
  const passed = (key: string, times: number) =>
    Array.from({ length: times }, () => limiter.take(key)).filter(({ retryAfterMs }) => retryAfterMs === null).length
  return {
    limiter,
    passed,
    at: (ms: number) => {
      nowMs = ms
    },
  }
}

test('lets so many through and says when to come back', () => {
  const { limiter, passed, at } = limiterAt()
  expect(passed('a', 150)).toBe(100)
  at(20_000)
  expect(limiter.take('a').retryAfterMs).toBe(40_000)
  expect(passed('b', 1)).toBe(1)
})

test('no burst of twice the limit at the turn of a window', () => {
  const { passed, at } = limiterAt()
  at(59_999)
  expect(passed('a', 200)).toBe(100)
  at(60_001)
  expect(passed('a', 200)).toBe(0)
  at(90_000)
  expect(passed('a', 200)).toBe(50)
})

test('whoever comes back when told gets through', () => {
  const { limiter, at } = limiterAt()
  for (let i = 0; i < 100; i++) limiter.take('a')
  at(60_100)
  const { retryAfterMs } = limiter.take('a')
  expect(retryAfterMs).not.toBeNull()
  at(60_100 + (retryAfterMs ?? 0))
  expect(limiter.take('a').retryAfterMs).toBeNull()
})

test('silence of two windows forgets everything', () => {
  const { passed, at } = limiterAt()
  passed('a', 100)
  at(120_000)
  expect(passed('a', 200)).toBe(100)
})
