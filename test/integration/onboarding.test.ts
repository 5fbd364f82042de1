import { afterAll, beforeAll, expect, test } from 'vitest'
import { onboarding } from '../../systems/onboarding/index.ts'
import { get, metric, post } from './client.ts'
import { makeClient } from './onboarding-client.ts'
import { type Parts, startParts, waitUntil } from './parts.ts'

let parts: Parts
let api: string
let client: ReturnType<typeof makeClient>

beforeAll(async () => {
  parts = await startParts(onboarding, { options: { partnerRefusesEvery: '2', ackWaitMs: '1000' } })
  api = parts.url('api')
  client = makeClient(parts)
})
afterAll(() => parts?.stop())

test('a case goes through its whole life, and the audit log tells all of it', async () => {
  const id = await client.decided('whole')
  await client.told(id)
  expect((await client.projection(id)).json).toMatchObject({ reference: 'whole', status: 'approved', documents: 1 })
  const { json } = await get(`${api}/cases/${id}/audit`)
  // The scan takes its time while the clerk goes on.
  expect([...json.actions].sort()).toEqual(
    [
      ...['case.created', 'document.uploaded', 'document.scanned', 'document.verified', 'checklist.filled'],
      ...['risk.assessed', 'case.decided', 'webhook.delivered'],
    ].sort(),
  )
})

test('refuses what it must, and says nothing of the inside', async () => {
  const { id } = (await client.create('refusals')).json
  await client.document(id, 'EICAR')
  await client.scanned(id)
  const key = { 'idempotency-key': 'k' }
  const answers = {
    'no key': [400, await post(`${api}/cases`, { reference: 'r', applicant: {} })],
    'not JSON': [400, await post(`${api}/cases`, '{', key)],
    'no reference': [400, await post(`${api}/cases`, { applicant: {} }, key)],
    'key of another request': [422, await client.create('another', 'refusals')],
    'wrong type': [415, await post(`${api}/cases`, '{}', { ...key, 'content-type': 'text/csv' })],
    'no such case': [404, await get(`${api}/cases/none`)],
    'document of no case': [404, await client.document('none', 'x')],
    'no such document': [404, await get(`${api}/cases/${id}/documents/none`)],
    infected: [409, await post(`${api}/cases/${id}/documents/passport/verify`, {})],
    'too early': [409, await client.decide(id)],
    'no decision': [400, await client.decide(id, 'perhaps')],
  } as const
  for (const [what, [status, answer]] of Object.entries(answers)) {
    expect(answer.status, what).toBe(status)
    expect(Object.keys(answer.json), what).toEqual(['error', 'code'])
    expect(JSON.stringify(answer.json), what).not.toMatch(/\\n\s*at |node:|insert into/)
  }
})

test('a repeated request has the same answer and one effect, also at the same time', async () => {
  const answers = await Promise.all(Array.from({ length: 5 }, () => client.create('repeated')))
  expect(new Set(answers.map(({ status, json }) => `${status} ${json.id}`)).size).toBe(1)
  const id = await client.decided('decided-twice')
  expect(await client.decide(id)).toEqual({
    status: 200,
    json: { id, reference: 'decided-twice', status: 'approved', riskScore: expect.any(Number) },
  })
  expect((await client.decide(id, 'rejected')).status).toBe(409)
  await client.told(id)
  expect(await client.audit(['repeated', 'decided-twice', 'invented'])).toEqual({
    lost: ['invented'],
    checked: 3,
    duplicates: 0,
  })
})

test('the partner checks the signatures, and gets what it refused again', async () => {
  const before = (await get(`${parts.url('partner')}/stats`)).json
  const ids = [await client.decided('webhook-1'), await client.decided('webhook-2'), await client.decided('webhook-3')]
  for (const id of ids) await client.told(id)
  const { accepted, duplicates } = (await get(`${parts.url('partner')}/stats`)).json
  expect({ accepted: accepted - before.accepted, duplicates }).toEqual({ accepted: 3, duplicates: 0 })
  expect((await post(`${parts.url('partner')}/webhooks`, { id: 'forged' })).status).toBe(401)
  expect(await metric(parts, 'partner', 'webhooks_badly_signed_total')).toBe(1)
})

test('without the cache reads are answered from the database', async () => {
  const id = await client.decided('uncached')
  await client.told(id)
  await parts.end('cache', 'SIGKILL')
  for (let i = 0; i < 5; i++) expect((await client.projection(id)).json.reference).toBe('uncached')
  await parts.start('cache')
})

test('without the queue cases are taken, and go on when it is back', async () => {
  await parts.end('nats', 'SIGKILL')
  const { id } = (await client.create('unqueued')).json
  expect((await client.document(id, 'a passport')).status).toBe(202)
  await parts.start('nats')
  await client.scanned(id)
  expect((await get(`${api}/cases/${id}/documents/passport`)).json.status).toBe('clean')
})

test('without its database it refuses at once, and works again with it', async () => {
  parts.freeze('postgres', true)
  const frozen = await client.create('frozen').finally(() => parts.freeze('postgres', false))
  expect([frozen.status, frozen.json.code]).toEqual([503, 'unavailable'])
  await client.ready('api')
  // Whether the first try was stored after all nobody knows; the same key makes that harmless.
  expect((await client.create('frozen')).status).toBe(201)
})

test('killed parts have lost nothing that was acknowledged', async () => {
  const id = await client.decided('killed')
  await Promise.all(['api', 'worker-1', 'worker-2', 'relay'].map((name) => parts.end(name, 'SIGKILL')))
  await Promise.all(['api', 'worker-1', 'worker-2', 'relay'].map((name) => parts.start(name)))
  await client.told(id)
  expect(await client.audit(['killed', 'whole'])).toMatchObject({ lost: [], duplicates: 0 })
  await waitUntil('the outbox is empty', async () => (await metric(parts, 'relay', 'queue_depth')) === 0)
})

test('every part ends by itself when it is told to', async () => {
  for (const name of ['worker-1', 'worker-2', 'relay', 'projections', 'api', 'partner', 'cache']) {
    expect(await parts.end(name, 'SIGTERM'), name).toBe(0)
  }
})
