import { expect, test } from 'vitest'
import { byPlayer, parseBatch } from './batch.ts'

const event = { player: 'p', type: 'kill', value: 3 }

test('a batch is what it says', () => {
  expect(parseBatch(JSON.stringify({ id: 'b', events: [event] }))).toEqual({ id: 'b', events: [event] })
})

test.each([
  ['not JSON', '{'],
  ['no object', '[]'],
  ['no id', { events: [event] }],
  ['a wrong id', { id: 'a b', events: [event] }],
  ['no events', { id: 'b', events: [] }],
  ['too many events', { id: 'b', events: Array(1001).fill(event) }],
  ['nothing as an event', { id: 'b', events: [null] }],
  ['no player', { id: 'b', events: [{ ...event, player: '' }] }],
  ['half a value', { id: 'b', events: [{ ...event, value: 0.5 }] }],
])('%s is refused', (_what, body) => {
  expect(() => parseBatch(typeof body === 'string' ? body : JSON.stringify(body))).toThrow()
})

test('sums per player, in the order of their names', () => {
  const of = (player: string, value: number) => ({ player, type: 'kill', value })
  expect(byPlayer([of('b', 1), of('a', 2), of('b', 4)])).toEqual([
    { player: 'a', events: 1, value: 2 },
    { player: 'b', events: 2, value: 5 },
  ])
})
