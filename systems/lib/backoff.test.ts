import { setImmediate as nextTurn } from 'node:timers/promises'
import { expect, test } from 'vitest'
import { backoffDelayMs, retry } from './backoff.ts'

const options = { retries: 3, firstDelayMs: 1000, maxDelayMs: 3000, random: () => 0 }

test('delays double up to the maximum, and chance only shortens them', () => {
  expect([0, 1, 2, 50].map((attempt) => backoffDelayMs(attempt, options, () => 0))).toEqual([1000, 2000, 3000, 3000])
  expect(backoffDelayMs(0, options, () => 1)).toBe(800)
})

test('gives up with the last error after the retries', async () => {
  const waited: number[] = []
  const call = (attempt: number) => Promise.reject(new Error(`try ${attempt}`))
  const wait = async (ms: number) => waited.push(ms)
  await expect(retry(call, { ...options, wait })).rejects.toThrow('try 3')
  expect(waited).toEqual([1000, 2000, 3000])
})

test('an error that is not worth a retry ends it at once', async () => {
  let calls = 0
  const call = () => {
    calls++
    return Promise.reject(new Error('for good'))
  }
  await expect(retry(call, { ...options, retriable: () => false })).rejects.toThrow('for good')
  expect(calls).toBe(1)
})

test('being stopped ends the wait', async () => {
  const stop = new AbortController()
  const running = retry(() => Promise.reject(new Error('down')), {
    ...options,
    firstDelayMs: 1e6,
    maxDelayMs: 1e6,
    signal: stop.signal,
  })
  // It has failed once and waits when all that was due is done.
  await nextTurn()
  stop.abort()
  await expect(running).rejects.toThrow('aborted')
})

test('who was stopped during a call waits for nothing', async () => {
  const stop = new AbortController()
  const call = () => {
    stop.abort()
    return Promise.reject(new Error('down'))
  }
  const wait = () => expect.unreachable('it waited')
  await expect(retry(call, { ...options, signal: stop.signal, wait })).rejects.toThrow('down')
})

test('returns what the first successful try returns', async () => {
  const call = async (attempt: number) => {
    if (attempt < 2) throw new Error('down')
    return attempt
  }
  expect(await retry(call, { ...options, wait: async () => undefined })).toBe(2)
})
