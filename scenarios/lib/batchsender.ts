import { sleep } from 'k6'
import crypto from 'k6/crypto'
import exec from 'k6/execution'
import { Trend } from 'k6/metrics'
import type { Iteration } from './define.ts'
import { isEvery } from './define.ts'
import { acknowledge, request } from './request.ts'

/** BatchSender's endpoints as requests with names, timeouts and expected answers. */

export const batchTimeoutMs = 10_000
export const readTimeoutMs = 5_000
export const webhookTimeoutMs = 3_000
/** The documented limit of a body is 10 MB. */
const tooLargeBytes = 10_000_001

const completion = new Trend('batch_completion', true)
/** E-mails per second of one batch of 10,000, from its acceptance on. */
const sendRate = new Trend('batch_send_rate')
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
 * @returns Milliseconds until it was complete, or null.
 */
export const followBatch = (
  iteration: Iteration,
  { name, sinceMs, limitMs, pollMs }: { name: string; sinceMs: number; limitMs: number; pollMs: number },
): number | null => {
  while (exec.scenario.progress < 1) {
    const status = getBatch(iteration, iteration.writeId)
    const elapsedMs = Date.now() - sinceMs
    if (status === 'completed' && elapsedMs < limitMs) {
      completion.add(elapsedMs, { name, ok: 'true' })
      return elapsedMs
    }
    if (elapsedMs >= limitMs) {
      completion.add(elapsedMs, { name, ok: 'false', error: 'not complete in time' })
      return null
    }
    sleep(pollMs / 1000)
  }
  return null
}

/** Follows a small batch for at most 15 s: no time for it is documented. */
export const followSmallBatch = (iteration: Iteration, sinceMs: number): void => {
  followBatch(iteration, { name: 'batch', sinceMs, limitMs: 15_000, pollMs: 250 })
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
export const postWebhook = (
  { baseUrl }: Iteration,
  eventId: string,
  signature: 'right' | 'missing' | 'wrong',
): void => {
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

/** Iteration 110 and every 200th after it. Documented: complete in less than 5 minutes, more than 100 e-mails/s. */
const large = { recipients: 10_000, period: 200, offset: 110, limitMs: 300_000, pollMs: 250, perSecond: 100 }

/** Requests per iteration of `batchMix`. */
export const batchMixRequests = {
  'POST /batches': 1 - 1 / 150 - 1 / 50,
  'GET /batches/:id': 0.65,
  'GET /batches?ids=': 0.17,
  'POST /batches too large': 1 / 150,
  'POST /batches wrong type': 1 / 50,
}

/** Samples of custom metrics per iteration of `batchMix`. */
export const batchMixSamples = {
  batch_completion: { 'batch of 10,000': 1 / 200, batch: 0.19 },
  batch_send_rate: { 'batch of 10,000': 1 / 200 },
}

/** An iteration of the sustained load. Which kind of iteration it is depends on its number alone. */
export const batchMix = (iteration: Iteration): void => {
  const { n } = iteration
  if (isEvery(n, 150, 60)) postTooLarge(iteration)
  else if (isEvery(n, 50, 40)) postWrongType(iteration)
  else if (isEvery(n, large.period, large.offset)) largeBatch(iteration)
  else smallBatch(iteration)
}

const smallBatch = (iteration: Iteration): void => {
  const { n, writeId } = iteration
  const sinceMs = Date.now()
  if (!postBatch(iteration, 1 + ((n * 7) % 20))) return
  if (isEvery(n, 2, 0)) getBatch(iteration, writeId)
  if (isEvery(n, 5, 0)) listBatches(iteration, [writeId])
  if (isEvery(n, 5, 1)) followSmallBatch(iteration, sinceMs)
}

const largeBatch = (iteration: Iteration): void => {
  const name = 'batch of 10,000'
  const { recipients, limitMs, pollMs } = large
  const sinceMs = Date.now()
  if (!postBatch(iteration, recipients)) return
  const elapsedMs = followBatch(iteration, { name, sinceMs, limitMs, pollMs })
  if (elapsedMs === null) return
  const perSecond = (recipients * 1000) / elapsedMs
  const isFast = perSecond > large.perSecond
  sendRate.add(perSecond, { name, ok: String(isFast), ...(isFast ? {} : { error: 'sent too slowly' }) })
}
