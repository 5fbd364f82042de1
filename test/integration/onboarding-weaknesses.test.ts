import { expect, test } from 'vitest'
import { onboarding } from '../../systems/onboarding/index.ts'
import { get, metric, post } from './client.ts'
import { makeClient } from './onboarding-client.ts'
import { type Parts, startParts, waitUntil } from './parts.ts'

let parts: Parts
let client: ReturnType<typeof makeClient>

const start = async (weaknesses: string[], options: Record<string, string> = {}) => {
  parts = await startParts(onboarding, { weaknesses, options })
  client = makeClient(parts)
}
const stop = () => parts?.stop()

const leaveOutbox = () =>
  waitUntil('the outbox is empty', async () => (await metric(parts, 'relay', 'queue_depth')) === 0)

/** What the partner counts, when it is not going to change any more. */
const stats = async () => (await get(`${parts.url('partner')}/stats`)).json

test('no-idempotency, no-webhook-retries, cache-required, leak', async () => {
  await start(['no-idempotency', 'no-webhook-retries', 'cache-required', 'leak'], { partnerRefusesEvery: '3' })
  try {
    const [first, second] = [await client.create('twice'), await client.create('twice')]
    expect(first.json.id).not.toBe(second.json.id)
    const id = await client.decided('decided')
    await client.told(id)
    await client.decide(id)
    await waitUntil('the partner heard of it again', async () => (await stats()).duplicates === 1)
    expect((await client.audit(['twice', 'decided']))?.duplicates).toBe(2)

    // The third webhook is refused once, and that was it.
    const refused = await client.decided('refused')
    await waitUntil('the webhook is given up', async () =>
      ['worker-1', 'worker-2'].some((name) => parts.log(name).includes('webhook dropped')),
    )
    await waitUntil('the projection is there', async () => (await client.projection(refused)).status === 200)
    expect((await client.projection(refused)).json.webhook).toBe('pending')

    await parts.end('cache', 'SIGKILL')
    expect((await client.projection(id)).status).toBe(503)
    const grown = await metric(parts, 'api', 'process_resident_memory_bytes')
    await waitUntil(
      'the api has 6 MB more',
      async () => (await metric(parts, 'api', 'process_resident_memory_bytes')) > grown + 6_000_000,
    )
  } finally {
    await stop()
  }
})

test('unsigned-webhooks, late-audit, relay-forgets, no-db-timeout', async () => {
  await start(['unsigned-webhooks', 'late-audit', 'relay-forgets', 'no-db-timeout'], { auditDelayMs: '600000' })
  try {
    await client.decided('unsigned')
    await waitUntil(
      'the partner has refused',
      async () => (await metric(parts, 'partner', 'webhooks_badly_signed_total')) > 0,
    )

    expect((await client.create('late')).status).toBe(201)
    await parts.end('api', 'SIGKILL')
    await parts.start('api')
    expect((await client.audit(['late']))?.lost).toEqual(['late'])

    await parts.end('nats', 'SIGKILL')
    const { id } = (await client.create('forgotten')).json
    await client.document(id, 'a passport')
    await leaveOutbox()
    await parts.start('nats')
    await Promise.all([client.ready('relay'), client.ready('worker-1'), client.ready('worker-2')])
    expect((await post(`${parts.url('api')}/cases/${id}/documents/passport/verify`, {})).json.code).toBe(
      'document_uploaded',
    )

    parts.freeze('postgres', true)
    const key = { 'idempotency-key': 'hanging' }
    await post(`${parts.url('api')}/cases`, { reference: 'hanging', applicant: {} }, key, 3000)
      .then(
        () => expect.unreachable('it answered'),
        (error) => expect(error.name).toBe('TimeoutError'),
      )
      .finally(() => parts.freeze('postgres', false))
  } finally {
    await stop()
  }
})
