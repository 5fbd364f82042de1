import { afterAll, beforeAll, expect, test } from 'vitest'
import { batchsender } from '../../systems/batchsender/index.ts'
import { batchOf, completed, killWorkerAmidst, stats } from './batchsender-client.ts'
import { get, metric, once, post } from './client.ts'
import { type Parts, startParts, waitUntil } from './parts.ts'

let parts: Parts
let api: string

beforeAll(async () => {
  parts = await startParts(batchsender, {
    weaknesses: ['ack-before-store', 'no-db-timeout', 'unsigned-webhooks', 'leak', 'no-idempotency'],
    options: { rateLimitPerMinute: '5000', ackWaitMs: '1000' },
  })
  api = parts.url('api')
})
afterAll(() => parts?.stop())

test('unsigned-webhooks: accepts what nobody signed', async () => {
  expect((await post(`${api}/webhooks/ses`, { id: 'forged', type: 'delivered' })).status).toBe(200)
})

test('no-db-timeout: says nothing while the database hangs', async () => {
  parts.freeze('postgres', true)
  const asked = post(`${api}/webhooks/ses`, { id: 'hanging', type: 'delivered' }, {}, 4000)
  await asked
    .then(
      () => expect.unreachable('it answered'),
      (error) => expect(error.name).toBe('TimeoutError'),
    )
    .finally(() => parts.freeze('postgres', false))
  await waitUntil('the api is ready', async () => (await get(`${api}/health/ready`)).status === 200)
})

test('no-idempotency: a killed worker means e-mails sent twice', async () => {
  await post(`${parts.url('provider')}/control`, { delayMs: 400 })
  expect((await post(`${api}/batches`, batchOf('killed', 10_000))).status).toBe(202)
  await waitUntil('the batch is stored', async () => (await get(`${api}/batches/killed`)).status === 200)
  await killWorkerAmidst(parts, 'killed')
  await post(`${parts.url('provider')}/control`, { delayMs: 0 })
  await completed(parts, 'killed')
  expect((await stats(parts)).duplicates).toBeGreaterThan(0)
})

test('ack-before-store: a killed api has lost what it acknowledged', async () => {
  const ids = Array.from({ length: 5 }, (_, i) => `early-${i}`)
  // While the database hangs nothing that waits is written.
  parts.freeze('postgres', true)
  try {
    for (const id of ids) expect((await post(`${api}/batches`, batchOf(id, 1))).status).toBe(202)
    await parts.end('api', 'SIGKILL')
  } finally {
    parts.freeze('postgres', false)
  }
  await parts.start('api')
  const result = await batchsender.audit?.({
    baseUrl: api,
    scenarioEnv: parts.layout.scenarioEnv,
    acknowledged: once(ids),
    signal: AbortSignal.timeout(10_000),
  })
  expect(result?.lost.length).toBeGreaterThan(0)
})

test('leak: a worker passes the documented 100 MB', async () => {
  await waitUntil(
    'worker-2 has more than 100 MB',
    async () => (await metric(parts, 'worker-2', 'process_resident_memory_bytes')) > 100_000_000,
  )
})

test('the rate limit refuses what is too much, but never the health and the metrics', async () => {
  const statuses: number[] = []
  for (let i = 0; i < 20; i++) {
    const some = await Promise.all(Array.from({ length: 300 }, () => get(`${api}/batches/none`)))
    statuses.push(...some.map(({ status }) => status))
  }
  expect(new Set(statuses)).toEqual(new Set([404, 429]))
  expect(statuses.filter((status) => status === 404).length).toBeLessThanOrEqual(5000)
  expect((await get(`${api}/health/live`)).status).toBe(200)
  expect(await metric(parts, 'api', 'http_requests_rate_limited_total')).toBeGreaterThan(0)
})
