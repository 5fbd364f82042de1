import { expect, test } from 'vitest'
import type { RecordLine } from '../model/window.ts'
import { inChunks, rangesOf, readAcknowledged } from './acks.ts'

async function* stream(lines: RecordLine[]): AsyncGenerator<RecordLine> {
  yield* lines
}

const acks = (scenario: string, ...ranges: [number, number][]): RecordLine => ({
  type: 'acks',
  scenario,
  fromUs: 1_000,
  toUs: 201_000,
  ranges,
})

const read = (...lines: RecordLine[]) => readAcknowledged('run', stream(lines))

test('no acknowledgements give no chunk, not an empty one', async () => {
  const { count, chunks } = await read({ type: 'end', atUs: 1 })
  expect([count, [...chunks()]]).toEqual([0, []])
})

test('ranges are inclusive on both ends', async () => {
  const { count, chunks } = await read(acks('a', [0, 2], [5, 5]), acks('b', [2, 3]))
  expect([...chunks()]).toEqual([['run-a-0', 'run-a-1', 'run-a-2', 'run-a-5', 'run-b-2', 'run-b-3']])
  expect(count).toBe(6)
})

test('a write that was acknowledged twice is one write', async () => {
  const { count, chunks } = await read(acks('a', [0, 3]), acks('a', [2, 5]), acks('a', [3, 3]))
  expect([count, [...chunks()].flat().length]).toEqual([6, 6])
})

test('only the ids of this run that were acknowledged are its writes', async () => {
  const { has } = await read(acks('a', [0, 9]), acks('a-b', [20, 20]))
  const ids = ['run-a-0', 'run-a-9', 'run-a-b-20']
  const others = [
    'run-a-10',
    'run-a-09',
    'run-a--1',
    'run-a-',
    'run-b-0',
    'other-a-0',
    'run-a-b-0',
    '',
    'run',
    'run-a-1e0',
  ]
  expect(ids.filter(has)).toEqual(ids)
  expect(others.filter(has)).toEqual([])
})

test.each([
  [1_200, [500, 500, 200]],
  [500, [500]],
  [0, []],
])('%d ids come in chunks of at most 500, and none is lost in between', (count, sizes) => {
  const chunks = [...inChunks(Array.from({ length: count }, (_, n) => `run-a-${n}`))]
  expect(chunks.map(({ length }) => length)).toEqual(sizes)
  expect(new Set(chunks.flat()).size).toBe(count)
})

test('lost writes are kept as ranges, per scenario', () => {
  expect(rangesOf('run', ['run-a-3', 'run-b-1', 'run-a-1', 'run-a-2', 'run-a-7'])).toEqual([
    {
      scenario: 'a',
      ranges: [
        [1, 3],
        [7, 7],
      ],
    },
    { scenario: 'b', ranges: [[1, 1]] },
  ])
})
