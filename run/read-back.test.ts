import { expect, test } from 'vitest'
import type { AuditResult } from '../model/system.ts'
import { readAcknowledged } from './acks.ts'
import { type ReadBackOptions, readBack } from './read-back.ts'

async function* acks() {
  yield { type: 'acks' as const, scenario: 'a', fromUs: 0, toUs: 1, ranges: [[0, 999]] as [number, number][] }
}

/** A clock on which time passes only while something waits, or while a read takes its time. */
const clockOf = () => {
  const clock = { ms: 0 }
  const sleep = async (ms: number) => {
    clock.ms += ms
  }
  return { clock, now: () => clock.ms, sleep }
}

/** What a store gives of some ids at a moment. */
type Store = (ids: string[], atMs: number) => Partial<AuditResult> & { lost: string[] }

const all = async (ids: AsyncIterable<string[]>) => {
  const list: string[] = []
  for await (const some of ids) list.push(...some)
  return list
}

const readFrom = async (store: Store, withinMs = 30_000, signal = new AbortController().signal) => {
  const { clock, now, sleep } = clockOf()
  const reads: { atMs: number; asked: number }[] = []
  const ask: ReadBackOptions['ask'] = async (ids) => {
    const asked = await all(ids)
    reads.push({ atMs: clock.ms, asked: asked.length })
    return { checked: asked.length, duplicates: 0, ...store(asked, clock.ms) }
  }
  const acknowledged = await readAcknowledged('run', acks())
  const result = await readBack({ acknowledged, ask, withinMs, clock: { now, sleep }, signal })
  return { result, reads }
}

const id = (n: number) => `run-a-${n}`
const numberOf = (one: string) => Number(one.split('-').at(-1))

test('a store that has everything is asked once', async () => {
  const { result, reads } = await readFrom(() => ({ lost: [] }))
  expect(reads).toEqual([{ atMs: 0, asked: 1000 }])
  expect(result).toEqual({ checked: 1000, lost: [], lateCount: 0, latestMs: null, unknownCount: 0, duplicates: 0 })
})

test('a read model that lags by 5 s loses nothing: its last writes are late', async () => {
  // 50 a second until second 0; the store shows what is 5 s old.
  const { result } = await readFrom((ids, atMs) => ({
    lost: ids.filter((one) => atMs - 5_000 < (numberOf(one) - 999) * 20),
  }))
  expect(result).toMatchObject({ lost: [], lateCount: 250, checked: 1000 })
  expect(result.latestMs).toBeGreaterThanOrEqual(5_000)
  expect(result.latestMs).toBeLessThanOrEqual(5_500)
})

test('an answer in pages of 100 is read to its end', async () => {
  const { result, reads } = await readFrom((ids) => ({ lost: ids.slice(100) }))
  expect(result).toMatchObject({ lost: [], lateCount: 900 })
  expect(reads).toHaveLength(10)
})

test('what is missing in a read that begins at the deadline is lost, and only that', async () => {
  const { result, reads } = await readFrom((ids, atMs) => ({
    lost: ids.filter((one) => one === id(7) || (one === id(8) && atMs < 20_000)),
  }))
  expect(result).toMatchObject({ lost: [id(7)], lateCount: 1 })
  expect(reads.at(-1)?.atMs).toBe(30_000)
  const gaps = reads.slice(1).map(({ atMs }, i) => atMs - (reads[i]?.atMs ?? 0))
  expect(Math.max(...gaps)).toBeLessThanOrEqual(5_000)
  expect(reads.length).toBeLessThan(15)
})

test('with no time at all it asks once', async () => {
  const { result, reads } = await readFrom(() => ({ lost: [id(7)] }), 0)
  expect([result.lost, reads.length]).toEqual([[id(7)], 1])
})

test('after a first read that took longer than the deadline the missing ones are asked for once more', async () => {
  const { clock, now, sleep } = clockOf()
  const asked: number[] = []
  const ask: ReadBackOptions['ask'] = async (ids) => {
    const own = await all(ids)
    asked.push(own.length)
    clock.ms += 40_000
    return { lost: asked.length === 1 ? [id(3)] : [], checked: own.length, duplicates: 0 }
  }
  const acknowledged = await readAcknowledged('run', acks())
  const { signal } = new AbortController()
  const result = await readBack({ acknowledged, ask, withinMs: 30_000, clock: { now, sleep }, signal })
  expect(asked).toEqual([1000, 1])
  expect(result).toMatchObject({ lost: [], lateCount: 1, latestMs: 40_000 })
})

test('an audit that leaves the ids it was given is not said to have checked them', async () => {
  const acknowledged = await readAcknowledged('run', acks())
  const ask: ReadBackOptions['ask'] = async (ids) => {
    for await (const some of ids) return { lost: [], checked: 1000, duplicates: some.length - some.length }
    return { lost: [], checked: 0, duplicates: 0 }
  }
  const clock = clockOf()
  const { signal } = new AbortController()
  expect(await readBack({ acknowledged, ask, withinMs: 1, clock, signal })).toMatchObject({ checked: 500, lost: [] })
})

test('ids that are none of this run, or of no acknowledged write, are no losses, and are counted', async () => {
  const { result } = await readFrom(() => ({ lost: [id(1), id(1), id(1_000), 'other-a-1', 'nonsense'] }), 0)
  expect(result).toMatchObject({ lost: [id(1)], unknownCount: 3 })
})

test('a later read that fails leaves open what is lost', async () => {
  const failing = readFrom((_ids, atMs) => {
    if (atMs > 0) throw new Error('connection refused')
    return { lost: [id(1)] }
  })
  await expect(failing).rejects.toThrow('writes that the first read did not find: connection refused')
  const partial = readFrom((ids, atMs) => (atMs > 0 ? { lost: [], checked: ids.length - 1 } : { lost: [id(1), id(2)] }))
  await expect(partial).rejects.toThrow('1 of 2 were looked for again')
})

test('a later read that fails and then succeeds is as good as any', async () => {
  const { result } = await readFrom((ids, atMs) => {
    if (atMs > 0 && atMs < 10_000) throw new Error('connection refused')
    return { lost: atMs < 10_000 ? ids.slice(0, 4) : [] }
  })
  expect(result).toMatchObject({ lost: [], lateCount: 4 })
})

test('an order to stop ends the waiting', async () => {
  const stopping = new AbortController()
  const read = readFrom(
    () => {
      stopping.abort(new Error('stopped'))
      return { lost: [id(1)] }
    },
    30_000,
    stopping.signal,
  )
  await expect(read).rejects.toThrow('stopped')
})

test.each([
  ['no lost ids', { lost: undefined }],
  ['lost numbers', { lost: [1] }],
  ['a negative count', { lost: [], checked: -1 }],
  ['a count that is none', { lost: [], checked: Number.NaN }],
  ['duplicates that are no count', { lost: [], duplicates: -1 }],
  ['duplicates that are missing', { lost: [], duplicates: undefined }],
])('an answer with %s is no answer', async (_, answer) => {
  await expect(readFrom(() => answer as never)).rejects.toThrow(
    /^the audit('s duplicates are no count| returned an invalid answer)/,
  )
})

test('duplicates that a later read shows count, and what cannot be seen is not zero', async () => {
  const counted = (first: number | null, second: number | null) =>
    readFrom((_ids, atMs) => (atMs === 0 ? { lost: [id(1)], duplicates: first } : { lost: [], duplicates: second }))
  expect((await counted(0, 2)).result.duplicates).toBe(2)
  expect((await counted(3, 0)).result.duplicates).toBe(3)
  expect((await counted(0, null)).result.duplicates).toBe(null)
  expect((await counted(null, 2)).result.duplicates).toBe(2)
})
