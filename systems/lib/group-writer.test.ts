import { expect, test } from 'vitest'
import { GroupWriter, OverloadedError } from './group-writer.ts'

const options = { maxWaitMs: 1, maxItems: 3, concurrency: 1, maxPending: 5 }

test('nothing is confirmed when its group fails', async () => {
  const writer = new GroupWriter<number>({ ...options, write: () => Promise.reject(new Error('disk full')) })
  const results = await Promise.allSettled([writer.add(1), writer.add(2)])
  expect(results.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
})

test('refuses what it may not hold', async () => {
  const writing = Promise.withResolvers<void>()
  const writer = new GroupWriter<number>({ ...options, write: () => writing.promise })
  const taken = Array.from({ length: 8 }, (_, i) => writer.add(i))
  await expect(writer.add(8)).rejects.toThrow(OverloadedError)
  writing.resolve()
  await Promise.all(taken)
})

test('writes every item once, in order, in groups of at most the maximum', async () => {
  const groups: number[][] = []
  const writer = new GroupWriter<number>({ ...options, write: async (items) => void groups.push(items) })
  await Promise.all([0, 1, 2, 3, 4].map((item) => writer.add(item)))
  expect(groups).toEqual([
    [0, 1, 2],
    [3, 4],
  ])
  expect(writer.pending).toBe(0)
})

test('confirms only after the write', async () => {
  const writing = Promise.withResolvers<void>()
  const writer = new GroupWriter<number>({ ...options, maxItems: 1, write: () => writing.promise })
  let confirmed = false
  const added = writer.add(1).then(() => {
    confirmed = true
  })
  await new Promise((resolve) => setImmediate(resolve))
  expect(confirmed).toBe(false)
  writing.resolve()
  await added
})
