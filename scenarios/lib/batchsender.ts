import crypto from 'k6/crypto'
import exec from 'k6/execution'
import { sleep } from 'k6'
import { Trend } from 'k6/metrics'
import { isEvery } from './define.ts'
import type { Iteration } from './define.ts'
import { acknowledge, request } from './request.ts'

/** BatchSender's endpoints as requests with names, timeouts and expected answers. */

export const batchTimeoutMs = 10_000
export const readTimeoutMs = 5_000
export const webhookTimeoutMs = 3_000
/** The documented limit of a body is 10 MB. */
const tooLargeBytes = 10_000_001

const completion = new Trend('batch_completion', true)
const json = { 'content-type': 'application/json' }

/** POST /batches with the iteration's write id; true when the batch was accepted. */
export const postBatch = (iteration: Iteration, recipients: number): boolean => {
  const { ok } = request({
    name: 'POST /batches',
    method: 'POST',
    url: `${iteration.baseUrl}/batches`,
    headers: json,
    body: JSON.stringify({
      id: iteration.writeId,
      from: 'holdfast@example.test',
      subject: 'Holdfast',
      body: 'Load it, break it, and prove that it holds.',
      recipients: Array.from({ length: recipients }, (_, i) => `r${iteration.n}-${i}@example.test`),
    }),
    timeoutMs: batchTimeoutMs,
    expect: [202],
    check: (body) => (field(body, 'id') === iteration.writeId ? null : 'answer names another batch'),
  })
  if (ok) acknowledge(iteration.n)
  return ok
}

/** GET /batches/:id; the batch's status, or null when the answer was not as it should be. */
export const getBatch = ({ baseUrl }: Iteration, id: string): string | null => {
  const { ok, body } = request({
    name: 'GET /batches/:id',
    method: 'GET',
    url: `${baseUrl}/batches/${id}`,
    timeoutMs: readTimeoutMs,
    expect: [200],
    check: (answer) => (field(answer, 'id') === id ? null : 'answer names another batch'),
  })
  return ok ? String(field(body, 'status')) : null
}

/** GET /batches?ids=: asks for batches that exist, and each must be in the answer. */
export const listBatches = ({ baseUrl }: Iteration, ids: string[]): void => {
  request({
    name: 'GET /batches?ids=',
    method: 'GET',
    url: `${baseUrl}/batches?ids=${ids.join()}`,
    timeoutMs: readTimeoutMs,
    expect: [200],
    check: (body) => {
      const found = field(body, 'batches')
      return Array.isArray(found) && found.length === ids.length ? null : 'batches are missing in the list'
    },
  })
}

/**
 * Polls a batch until it is complete, and adds the time since `sinceMs` to `batch_completion`. A batch
 * that is not complete within the limit counts as bad; one that the end of the load cut off does not
 * count at all, since nobody knows.
 */
export const followBatch = (iteration: Iteration, name: string, sinceMs: number, limitMs: number, pollMs: number): void => {
  while (exec.scenario.progress < 1) {
    const status = getBatch(iteration, iteration.writeId)
    const elapsedMs = Date.now() - sinceMs
    if (status === 'completed') return completion.add(elapsedMs, { name, ok: 'true' })
    if (elapsedMs > limitMs) return completion.add(elapsedMs, { name, ok: 'false', error: 'not complete in time' })
    sleep(pollMs / 1000)
  }
}

/** A body above the limit must get 413. */
export const postTooLarge = ({ baseUrl }: Iteration): void => {
  request({
    name: 'POST /batches too large',
    method: 'POST',
    url: `${baseUrl}/batches`,
    headers: json,
    body: 'x'.repeat(tooLargeBytes),
    timeoutMs: batchTimeoutMs,
    expect: [413],
  })
}

/** An unknown content type must get 415. */
export const postWrongType = ({ baseUrl }: Iteration): void => {
  request({
    name: 'POST /batches wrong type',
    method: 'POST',
    url: `${baseUrl}/batches`,
    headers: { 'content-type': 'text/csv' },
    body: 'someone@example.test',
    timeoutMs: batchTimeoutMs,
    expect: [415],
  })
}

/** A provider's delivery notice, signed, unsigned (must get 401) or signed with another secret (401 too). */
export const postWebhook = ({ baseUrl }: Iteration, eventId: string, signature: 'right' | 'missing' | 'wrong'): void => {
  const body = JSON.stringify({ id: eventId, type: 'delivered', at: new Date().toISOString() })
  request({
    name: webhookNames[signature],
    method: 'POST',
    url: `${baseUrl}/webhooks/ses`,
    headers: {
      ...json,
      ...(signature === 'missing' ? {} : { 'x-signature': `sha256=${hmac(signature, body)}` }),
    },
    body,
    timeoutMs: webhookTimeoutMs,
    expect: signature === 'right' ? [200] : [401],
  })
}

const webhookNames = {
  right: 'POST /webhooks/:provider',
  missing: 'POST /webhooks/:provider unsigned',
  wrong: 'POST /webhooks/:provider bad signature',
} as const

const hmac = (signature: 'right' | 'wrong', body: string): string => {
  const secret = __ENV.BATCHSENDER_WEBHOOK_SECRET
  if (secret === undefined || secret === '') throw new Error('BATCHSENDER_WEBHOOK_SECRET is not set')
  return crypto.hmac('sha256', signature === 'right' ? secret : `not-${secret}`, body, 'hex')
}

const field = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined

/** One batch of 10,000 recipients after 75 iterations, then once in 1,500. */
const large = { recipients: 10_000, period: 1_500, offset: 75, limitMs: 300_000, pollMs: 1_000 }

/** Requests per iteration of `batchMix`. */
export const batchMixRequests = {
  'POST /batches': 1 - 1 / 300 - 1 / 50,
  'GET /batches/:id': 0.65,
  'GET /batches?ids=': 0.17,
  'POST /batches too large': 1 / 300,
  'POST /batches wrong type': 1 / 50,
}

/** An iteration of the sustained load. Which kind of iteration it is depends on its number alone. */
export const batchMix = (iteration: Iteration): void => {
  const { n, writeId } = iteration
  if (isEvery(n, 300, 20)) return postTooLarge(iteration)
  if (isEvery(n, 50, 40)) return postWrongType(iteration)
  const sinceMs = Date.now()
  const isLarge = isEvery(n, large.period, large.offset)
  if (!postBatch(iteration, isLarge ? large.recipients : 1 + ((n * 7) % 20))) return
  if (isLarge) return followBatch(iteration, 'batch of 10,000', sinceMs, large.limitMs, large.pollMs)
  if (isEvery(n, 2, 0)) getBatch(iteration, writeId)
  if (isEvery(n, 5, 0)) listBatches(iteration, [writeId])
  if (isEvery(n, 5, 1)) followBatch(iteration, 'batch', sinceMs, 15_000, 250)
}
