import { afterAll, beforeAll, expect, test } from 'vitest'
import { gamemetrics } from '../../systems/gamemetrics/index.ts'
import { get, post } from './client.ts'
import { gameClient } from './gamemetrics-client.ts'
import { type Parts, startParts, waitUntil } from './parts.ts'

let parts: Parts
let game: ReturnType<typeof gameClient>

beforeAll(async () => {
  parts = await startParts(gamemetrics, { options: { ackWaitMs: '1000' } })
  game = gameClient(parts)
})
afterAll(() => parts?.stop())

test('refuses wrong requests and says nothing of the inside', async () => {
  const answers = {
    'not JSON': await post(`${parts.url('ingestion')}/events`, '{'),
    'no events': await game.send('none', []),
    'too many events': await game.send('many', Array(1001).fill('p')),
    'no player': await post(`${parts.url('recommendations')}/predictions`, {}),
    'impossible player': await get(`${parts.url('users')}/players/a%00b`),
  }
  for (const [what, { status, json }] of Object.entries(answers)) {
    expect(status, what).toBe(400)
    expect(Object.keys(json), what).toEqual(['error', 'code'])
  }
  expect((await get(`${parts.url('users')}/batches/none`)).status).toBe(404)
})

test('events that were accepted are counted for their players, on dashboards too', async () => {
  expect(await game.send('first', ['a', 'b', 'a'])).toEqual({ status: 202, json: { id: 'first', events: 3 } })
  await game.counted('first')
  expect(await game.player('a')).toEqual({ player: 'a', events: 2, value: 20 })
  expect(await game.player('nobody')).toEqual({ player: 'nobody', events: 0, value: 0 })
  expect((await get(`${parts.url('users')}/dashboard`)).json.lastMinute.events).toBeGreaterThanOrEqual(3)
})

test('the same batch again counts once, sent again or delivered again', async () => {
  for (let i = 0; i < 2; i++) expect((await game.send('again', ['twice'])).status).toBe(202)
  await game.counted('again')
  await game.deliverAgain('again', ['twice'])
  await game.send('after', ['twice'])
  await game.counted('after')
  expect((await game.player('twice')).events).toBe(2)
  expect(await game.audit(['again', 'after'])).toEqual({ lost: [], checked: 2, duplicates: 0 })
})

test('a processor that dies with batches in hand counts each of them once', async () => {
  parts.freeze('postgres', true)
  const ids = Array.from({ length: 10 }, (_, i) => `hand-${i}`)
  for (const id of ids) expect((await game.send(id, ['c', 'd'])).status).toBe(202)
  await parts.end('processor', 'SIGKILL')
  parts.freeze('postgres', false)
  await parts.start('processor')
  for (const id of ids) await game.counted(id)
  expect((await game.player('c')).events).toBe(10)
  expect(await game.audit(ids)).toEqual({ lost: [], checked: 10, duplicates: 0 })
})

test('without the broker nothing is accepted; what was accepted before is counted', async () => {
  await game.send('before', ['e'])
  await parts.end('nats', 'SIGKILL')
  expect((await game.send('refused', ['e'])).status).toBe(503)
  await parts.start('nats')
  await waitUntil('batches are accepted again', async () => (await game.send('later', ['e'])).status === 202)
  for (const id of ['before', 'later']) await game.counted(id)
  expect((await game.player('e')).events).toBe(2)
})

test('predictions are answered with and without the cache', async () => {
  expect((await game.predict('a')).json.items.length).toBe(4)
  await parts.end('cache', 'SIGKILL')
  for (let i = 0; i < 5; i++) expect((await game.predict(`without-${i}`)).status).toBe(200)
  await parts.start('cache')
})

test('every part ends by itself when it is asked to', async () => {
  for (const name of ['recommendations', 'users', 'processor', 'ingestion', 'cache']) {
    expect(await parts.end(name, 'SIGTERM'), name).toBe(0)
  }
})
