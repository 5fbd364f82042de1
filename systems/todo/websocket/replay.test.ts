import { expect, test } from 'vitest'
import { Replay } from './replay.ts'

test("a user gets its own events after the last one it has, and nobody else's", () => {
  const replay = new Replay(1000)
  replay.add('a', 1, 'a1')
  replay.add('b', 2, 'b2')
  replay.add('a', 3, 'a3')
  expect(replay.since('a', 0)).toEqual(['a1', 'a3'])
  expect(replay.since('a', 1)).toEqual(['a3'])
  expect(replay.since('b', 2)).toEqual([])
  expect(replay.since('nobody', 0)).toEqual([])
  expect(replay.sequence).toBe(3)
})

test('what is kept is bounded by age', () => {
  let now = 0
  const replay = new Replay(1000, () => now)
  replay.add('a', 1, 'old')
  now = 1500
  replay.add('a', 2, 'newer')
  now = 2001
  replay.add('a', 3, 'newest')
  expect(replay.since('a', 0)).toEqual(['newer', 'newest'])
})
