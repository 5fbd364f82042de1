import { expect, test } from 'vitest'
import type { RecordLine } from '../model/window.ts'
import { acknowledgedIds, acknowledgementTimes } from './acks.ts'

async function* stream(lines: RecordLine[]): AsyncGenerator<RecordLine> {
  yield* lines
}

const acks = (scenario: string, fromMs: number, ranges: [number, number][]): RecordLine => ({
  type: 'acks',
  scenario,
  fromUs: fromMs * 1000,
  toUs: (fromMs + 200) * 1000,
  ranges,
})

const all = async (lines: RecordLine[]): Promise<string[][]> => {
  const chunks: string[][] = []
  for await (const chunk of acknowledgedIds('run', stream(lines))) chunks.push(chunk)
  return chunks
}

test('no acknowledgements give no chunk, not an empty one', async () => {
  expect(await all([{ type: 'end', atUs: 1 }])).toEqual([])
})

test('ranges are inclusive on both ends', async () => {
  const lines = [
    acks('a', 0, [
      [0, 2],
      [5, 5],
    ]),
    acks('b', 0, [[2, 3]]),
  ]
  expect(await all(lines)).toEqual([['run-a-0', 'run-a-1', 'run-a-2', 'run-a-5', 'run-b-2', 'run-b-3']])
})

test('chunks hold 500 ids, the last one the rest, and none is lost in between', async () => {
  const chunks = await all([acks('a', 0, [[0, 699]]), acks('a', 1, [[700, 1_199]])])
  expect(chunks.map((chunk) => chunk.length)).toEqual([500, 500, 200])
  expect(new Set(chunks.flat()).size).toBe(1_200)
})

test('a record of exactly one chunk has no empty second one', async () => {
  expect((await all([acks('a', 0, [[1, 500]])])).map((chunk) => chunk.length)).toEqual([500])
})

test('lost writes span from the oldest to the newest line that holds one', async () => {
  const lines = [
    acks('a', 1_000, [[0, 9]]),
    acks('a', 2_000, [[10, 19]]),
    acks('b', 9_000, [[10, 19]]),
    acks('a', 3_000, [[20, 29]]),
  ]
  const times = (lost: string[]) => acknowledgementTimes('run', new Set(lost), stream(lines))
  expect(await times(['run-a-19', 'run-a-29'])).toEqual({ oldestMs: 2_000, newestMs: 3_200 })
  expect(await times(['run-a-0'])).toEqual({ oldestMs: 1_000, newestMs: 1_200 })
  expect(await times([])).toEqual({ oldestMs: null, newestMs: null })
  expect(await times(['other-a-0'])).toEqual({ oldestMs: null, newestMs: null })
})
