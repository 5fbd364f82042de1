import { expect, test } from 'vitest'
import { CircuitBreaker, CircuitOpenError } from './circuit-breaker.ts'

const fails = () => Promise.reject(new Error('down'))
const works = () => Promise.resolve('up')

const opened = async () => {
  let nowMs = 0
  const breaker = new CircuitBreaker({ failures: 3, resetMs: 1000, now: () => nowMs })
  for (let i = 0; i < 3; i++) await expect(breaker.run(fails)).rejects.toThrow('down')
  return {
    breaker,
    at: (ms: number) => {
      nowMs = ms
    },
  }
}

test('opens after so many failures in a row and then calls nobody', async () => {
  const { breaker, at } = await opened()
  at(400)
  let called = false
  const call = async () => {
    called = true
  }
  const error = await breaker.run(call).catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(CircuitOpenError)
  expect(error).toMatchObject({ retryInMs: 600 })
  expect(called).toBe(false)
})

test('a success in between starts the count again', async () => {
  const breaker = new CircuitBreaker({ failures: 2, resetMs: 1000 })
  await expect(breaker.run(fails)).rejects.toThrow('down')
  await breaker.run(works)
  await expect(breaker.run(fails)).rejects.toThrow('down')
  expect(breaker.state).toBe('closed')
})

test('one trial after the reset time closes it or opens it again', async () => {
  const { breaker, at } = await opened()
  at(1000)
  await expect(breaker.run(fails)).rejects.toThrow('down')
  expect(breaker.state).toBe('open')
  at(1999)
  await expect(breaker.run(works)).rejects.toThrow(CircuitOpenError)
  at(2000)
  expect(await breaker.run(works)).toBe('up')
  expect(breaker.state).toBe('closed')
})

test('only one call at a time is the trial', async () => {
  const { breaker, at } = await opened()
  at(1000)
  const trial = Promise.withResolvers<string>()
  const running = breaker.run(() => trial.promise)
  expect(breaker.state).toBe('half-open')
  await expect(breaker.run(works)).rejects.toThrow(CircuitOpenError)
  trial.resolve('up')
  expect(await running).toBe('up')
})

test('a call that began before it opened does not close it', async () => {
  const slow = Promise.withResolvers<string>()
  const breaker = new CircuitBreaker({ failures: 1, resetMs: 1000 })
  const running = breaker.run(() => slow.promise)
  await expect(breaker.run(fails)).rejects.toThrow('down')
  slow.resolve('late')
  await running
  expect(breaker.state).toBe('open')
})
