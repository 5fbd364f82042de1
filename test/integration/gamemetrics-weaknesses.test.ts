import { afterAll, beforeAll, expect, test } from 'vitest'
import { gamemetrics } from '../../systems/gamemetrics/index.ts'
import { get, metric } from './client.ts'
import { gameClient } from './gamemetrics-client.ts'
import { type Parts, startParts, waitUntil } from './parts.ts'

let parts: Parts
let game: ReturnType<typeof gameClient>

beforeAll(async () => {
  parts = await startParts(gamemetrics, {
    weaknesses: ['ack-before-store', 'processor-drops', 'counts-twice', 'slow-processor', 'cache-required'],
    // A busy machine is not a cache that is away.
    options: { cacheTimeoutMs: '5000' },
  })
  game = gameClient(parts)
})
afterAll(() => parts?.stop())

test('slow-processor: one batch a second, one after the other', async () => {
  for (const id of ['slow-1', 'slow-2']) await game.send(id, ['slow'])
  for (const id of ['slow-1', 'slow-2']) await game.counted(id)
  const at = async (id: string) => Date.parse((await get(`${parts.url('users')}/batches/${id}`)).json.counted_at)
  expect((await at('slow-2')) - (await at('slow-1'))).toBeGreaterThan(900)
})

test('cache-required: nothing is predicted without the cache', async () => {
  expect((await game.predict('a')).status).toBe(200)
  await parts.end('cache', 'SIGKILL')
  expect((await game.predict('b')).status).toBe(503)
  await parts.start('cache')
})

test('counts-twice: a batch that the processor gets again is counted again', async () => {
  await game.send('twice', ['twice'])
  await game.counted('twice')
  await game.deliverAgain('twice', ['twice'])
  await waitUntil('it is counted again', async () => (await game.player('twice')).events === 2)
  expect((await get(`${parts.url('users')}/audit`)).json.miscounted).toBe(1)
})

test('processor-drops: what could not be stored is forgotten', async () => {
  await parts.end('postgres', 'SIGKILL')
  await game.send('dropped', ['dropped'])
  await waitUntil('it was dropped', async () => parts.log('processor').includes('batch dropped'))
  await parts.start('postgres')
  await waitUntil('the database answers', async () => (await fetch(`${parts.url('users')}/health/ready`)).ok)
  await waitUntil('nothing waits', async () => (await metric(parts, 'processor', 'consumer_lag')) === 0)
  expect((await get(`${parts.url('users')}/batches/dropped`)).status).toBe(404)
})

test('ack-before-store: a killed ingestion has lost what it acknowledged', async () => {
  await parts.end('nats', 'SIGKILL')
  expect((await game.send('early', ['early'])).status).toBe(202)
  await parts.end('ingestion', 'SIGKILL')
  await parts.start('nats')
  await parts.start('ingestion')
  await waitUntil('a later one is accepted', async () => (await game.send('later', ['early'])).status === 202)
  await game.counted('later')
  expect((await get(`${parts.url('users')}/batches/early`)).status).toBe(404)
})
