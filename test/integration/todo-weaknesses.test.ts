import { afterAll, beforeAll, expect, test } from 'vitest'
import { todo } from '../../systems/todo/index.ts'
import { metric } from './client.ts'
import { type Parts, startParts, waitUntil } from './parts.ts'
import { todoClient } from './todo-client.ts'

let parts: Parts
let app: ReturnType<typeof todoClient>

beforeAll(async () => {
  parts = await startParts(todo, {
    weaknesses: ['ack-before-store', 'lost-events', 'ws-forgets', 'consumer-forgets', 'no-auth-limit', 'slow-list'],
    // Every call of the consumer's fails; and a test that is itself kept waiting for 2 s is no client that is gone.
    options: { apiTimeoutMs: '0', pingEveryMs: '60000' },
  })
  app = todoClient(parts)
})
afterAll(() => parts?.stop())

/** Stored, which takes up to 1.5 s with `ack-before-store`. */
const stored = (token: string, id: string) =>
  waitUntil(`${id} is stored`, async () => (await app.call('GET', `/tasks?ids=${id}`, token)).json.existing.length > 0)

test('no-auth-limit: signs in as often as anyone asks', async () => {
  for (let i = 0; i < 10; i++) expect((await app.login('often')).status).toBe(200)
})

test('slow-list: a list takes longer than the documented 500 ms', async () => {
  const token = await app.tokenOf('slow')
  await app.create(token, 'listed')
  await stored(token, 'listed')
  const startedAt = performance.now()
  expect((await app.call('GET', '/tasks', token)).json.tasks.length).toBe(1)
  expect(performance.now() - startedAt).toBeGreaterThan(500)
})

test('ws-forgets: a client that comes back gets what comes, not what it has missed', async () => {
  const token = await app.tokenOf('forgotten')
  const first = await app.connect(token)
  const since = first.messages[0]?.sequence ?? Number.NaN
  first.socket.terminate()
  const witness = await app.connect(token)
  await app.create(token, 'missed')
  await waitUntil('it was published', async () => witness.messages.length > 1)
  const again = await app.connect(token, since)
  await app.create(token, 'seen')
  await waitUntil('the next one is there', async () => again.messages.length > 1)
  expect(again.messages.map(({ task }) => task?.id)).toEqual([undefined, 'seen'])
  for (const { socket } of [witness, again]) socket.terminate()
})

test('lost-events: what happens while the broker is dead is never told', async () => {
  const token = await app.tokenOf('untold')
  const { socket, messages } = await app.connect(token)
  await parts.end('nats', 'SIGKILL')
  await app.create(token, 'untold')
  await stored(token, 'untold')
  await waitUntil('the api gave up', async () => parts.log('api').includes('event lost'))
  await parts.start('nats')
  await waitUntil('the api has its broker again', async () => (await fetch(`${parts.url('api')}/health/ready`)).ok)
  await waitUntil('events arrive again', async () => {
    await app.call('PUT', '/tasks/untold', token, { title: 'told' })
    return messages.length > 1
  })
  expect(messages.map(({ type }) => type)).not.toContain('task.created')
  socket.terminate()
})

test('consumer-forgets: confirms what it could not do', async () => {
  const token = await app.tokenOf('repeating')
  await app.create(token, 'repeats', true)
  await stored(token, 'repeats')
  expect((await app.call('PUT', '/tasks/repeats', token, { done: true })).status).toBe(200)
  await waitUntil('it failed', async () => parts.log('recurring').includes('next task forgotten'))
  await waitUntil('nothing is left to do', async () => (await metric(parts, 'recurring', 'consumer_lag')) === 0)
  expect((await app.call('GET', '/tasks/repeats-next', token)).status).toBe(404)
})

test('ack-before-store: a killed api has lost what it acknowledged', async () => {
  const token = await app.tokenOf('killed')
  const ids = Array.from({ length: 5 }, (_, i) => `early-${i}`)
  // While the database hangs nothing that waits is written.
  parts.freeze('postgres', true)
  try {
    for (const id of ids) expect((await app.create(token, id)).status).toBe(201)
    await parts.end('api', 'SIGKILL')
  } finally {
    parts.freeze('postgres', false)
  }
  await parts.start('api')
  const found = (await app.call('GET', `/tasks?ids=${ids.join()}`, token)).json.existing
  expect(found.length).toBeLessThan(ids.length)
})
