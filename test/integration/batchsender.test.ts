import { afterAll, beforeAll, expect, test } from 'vitest'
import { batchsender } from '../../systems/batchsender/index.ts'
import { batchOf, completed, killWorkerAmidst, signed, stats } from './batchsender-client.ts'
import { get, once, post } from './client.ts'
import { type Parts, startParts, waitUntil } from './parts.ts'

let parts: Parts
let api: string

beforeAll(async () => {
  parts = await startParts(batchsender, { options: { rateLimitPerMinute: '100000', ackWaitMs: '1000' } })
  api = parts.url('api')
})
afterAll(() => parts?.stop())

const audit = (ids: string[]) =>
  batchsender.audit?.({
    baseUrl: api,
    scenarioEnv: parts.layout.scenarioEnv,
    acknowledged: once(ids),
    signal: AbortSignal.timeout(10_000),
  })

test('refuses wrong requests with their documented status and says nothing of the inside', async () => {
  const event = JSON.stringify({ id: 'event', type: 'delivered' })
  const right = batchOf('right', 1)
  const answers = {
    'not JSON': [400, await post(`${api}/batches`, '{')],
    'no recipients': [400, await post(`${api}/batches`, batchOf('none', 0))],
    'too many recipients': [400, await post(`${api}/batches`, batchOf('many', 10_001))],
    'no address': [400, await post(`${api}/batches`, { ...right, recipients: ['somebody'] })],
    'character 0': [400, await post(`${api}/batches`, { ...right, subject: 'a\0b' })],
    'wrong id': [400, await post(`${api}/batches`, { ...right, id: 'a b' })],
    'no ids': [400, await get(`${api}/batches?ids=`)],
    'too large': [413, await post(`${api}/batches`, 'x'.repeat(10_000_001))],
    'wrong type': [415, await post(`${api}/batches`, right, { 'content-type': 'text/csv' })],
    'no such batch': [404, await get(`${api}/batches/none`)],
    'impossible id': [404, await get(`${api}/batches/a%00b`)],
    'no such address': [404, await get(`${api}/nothing`)],
    'no signature': [401, await post(`${api}/webhooks/ses`, event)],
    'signature of something else': [401, await post(`${api}/webhooks/ses`, event, signed(parts, `${event} `))],
    'half a signature': [401, await post(`${api}/webhooks/ses`, event, { 'x-signature': 'sha256=00' })],
    'signed nonsense': [400, await post(`${api}/webhooks/ses`, '[]', signed(parts, '[]'))],
  } as const
  for (const [what, [status, answer]] of Object.entries(answers)) {
    expect(answer.status, what).toBe(status)
    expect(Object.keys(answer.json), what).toEqual(['error', 'code'])
    expect(JSON.stringify(answer.json), what).not.toMatch(/\\n\s*at |node:|insert into/)
  }
})

test('stores signed webhooks', async () => {
  const event = JSON.stringify({ id: 'event', type: 'delivered' })
  expect(await post(`${api}/webhooks/ses`, event, signed(parts, event))).toEqual({
    status: 200,
    json: { status: 'stored' },
  })
})

test('the same batch again is the same batch, another one with its id is refused', async () => {
  const before = await stats(parts)
  const batch = batchOf('twice', 1000)
  expect(await post(`${api}/batches`, batch)).toEqual({ status: 202, json: { id: 'twice', status: 'queued' } })
  expect((await post(`${api}/batches`, batch)).status).toBe(202)
  await completed(parts, 'twice')
  expect((await post(`${api}/batches`, batch)).json.status).toBe('completed')
  expect((await post(`${api}/batches`, { ...batch, subject: 'another' })).status).toBe(409)
  expect((await get(`${api}/batches/twice`)).json).toMatchObject({ total: 1000, sent: 1000 })
  const { accepted, duplicates } = await stats(parts)
  expect({ accepted: accepted - before.accepted, duplicates }).toEqual({ accepted: 1000, duplicates: 0 })
})

test('a batch whose worker is killed is completed by the others, and nobody gets it twice', async () => {
  await post(`${parts.url('provider')}/control`, { delayMs: 400 })
  const before = await stats(parts)
  await post(`${api}/batches`, batchOf('killed', 10_000))
  await killWorkerAmidst(parts, 'killed')
  await post(`${parts.url('provider')}/control`, { delayMs: 0 })
  await completed(parts, 'killed')
  const { accepted, duplicates } = await stats(parts)
  expect({ accepted: accepted - before.accepted, duplicates }).toEqual({ accepted: 10_000, duplicates: 0 })
})

test('without its database it refuses at once, and works again with it', async () => {
  parts.freeze('postgres', true)
  const whileFrozen = await Promise.all([
    post(`${api}/batches`, batchOf('frozen', 1)),
    get(`${api}/health/ready`),
    get(`${api}/health/live`),
  ]).finally(() => parts.freeze('postgres', false))
  expect(whileFrozen.map(({ status }) => status)).toEqual([503, 503, 200])
  expect(whileFrozen[0].json.code).toBe('unavailable')
  await waitUntil('the api is ready', async () => (await get(`${api}/health/ready`)).status === 200)
  // Whether the first try was stored after all nobody knows; the same id makes that harmless.
  expect((await post(`${api}/batches`, batchOf('frozen', 1))).status).toBe(202)
  await completed(parts, 'frozen')
})

test('survives a killed database', async () => {
  await parts.end('postgres', 'SIGKILL')
  expect((await post(`${api}/batches`, batchOf('dead', 1))).status).toBe(503)
  await parts.start('postgres')
  await waitUntil('the api is ready', async () => (await get(`${api}/health/ready`)).status === 200)
  expect((await post(`${api}/batches`, batchOf('dead', 1))).status).toBe(202)
  await completed(parts, 'dead')
})

test('without its queue it takes batches, which are sent when the queue is back', async () => {
  await parts.end('nats', 'SIGKILL')
  expect((await post(`${api}/batches`, batchOf('unqueued', 10))).status).toBe(202)
  expect((await get(`${api}/health/ready`)).json.checks).toMatchObject({ database: 'up', queue: 'down' })
  await parts.start('nats')
  await completed(parts, 'unqueued')
})

test('a provider that is down delays batches', async () => {
  await post(`${parts.url('provider')}/control`, { down: true })
  await post(`${api}/batches`, batchOf('delayed', 10))
  await waitUntil('the provider has refused', async () =>
    /sends_refused_total [1-9]/.test(await (await fetch(`${parts.url('provider')}/metrics`)).text()),
  )
  expect((await get(`${api}/batches/delayed`)).json.status).toBe('processing')
  await post(`${parts.url('provider')}/control`, { down: false })
  await completed(parts, 'delayed')
})

test('a killed api has lost nothing that it acknowledged; the audit finds what is not there', async () => {
  expect((await post(`${api}/batches`, batchOf('acknowledged', 1))).status).toBe(202)
  await parts.end('api', 'SIGKILL')
  await parts.start('api')
  expect(await audit(['acknowledged', 'twice', 'invented'])).toEqual({ lost: ['invented'], checked: 3, duplicates: 0 })
})

test('every part ends by itself when it is told to', async () => {
  for (const name of ['worker-1', 'worker-2', 'api', 'provider']) {
    expect(await parts.end(name, 'SIGTERM'), name).toBe(0)
  }
})
