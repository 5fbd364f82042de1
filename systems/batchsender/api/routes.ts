import type { Hono } from 'hono'
import type { EarlyAck } from '../../lib/early-ack.ts'
import type { GroupWriter } from '../../lib/group-writer.ts'
import { HttpError } from '../../lib/http-error.ts'
import { isText, parseObject } from '../../lib/json-body.ts'
import type { Outbox } from '../../lib/outbox.ts'
import { verifySignature } from '../../lib/signature.ts'
import type { BatchStore, BatchView } from './batch-store.ts'
import { isBatchId, type NewBatch, parseNewBatch } from './new-batch.ts'
import type { WebhookEvent } from './webhook-store.ts'

export interface RouteOptions {
  store: BatchStore
  outbox: Outbox
  webhooks: GroupWriter<WebhookEvent>
  webhookSecret: string
  /** Weakness `ack-before-store`. */
  earlyAck: EarlyAck<WaitingBatch> | null
  /** Weakness `unsigned-webhooks`. */
  acceptUnsigned: boolean
}

/** A batch that was acknowledged and is not stored. */
export interface WaitingBatch {
  batch: NewBatch
  createdAt: string
}

const viewOf = ({ batch, createdAt }: WaitingBatch): BatchView => ({
  id: batch.id,
  status: 'queued',
  total: batch.recipients.length,
  sent: 0,
  createdAt,
  completedAt: null,
})

const maxIds = 1000

/** What clients and providers call. */
export const addRoutes = (app: Hono, options: RouteOptions): void => {
  const { store, outbox, webhooks, webhookSecret, earlyAck, acceptUnsigned } = options

  const find = async (ids: string[]): Promise<BatchView[]> => {
    const stored = await store.find(ids)
    const known = new Set(stored.map(({ id }) => id))
    const waiting = ids.filter((id) => !known.has(id)).map((id) => earlyAck?.find(id))
    return [...stored, ...waiting.filter((batch) => batch !== undefined).map(viewOf)]
  }

  app.post('/batches', async (c) => {
    const batch = parseNewBatch(await c.req.text())
    if (earlyAck) {
      earlyAck.add(batch.id, { batch, createdAt: new Date().toISOString() })
      return c.json({ id: batch.id, status: 'queued' }, 202)
    }
    const status = await store.add(batch)
    outbox.kick()
    return c.json({ id: batch.id, status }, 202)
  })

  app.get('/batches', async (c) => {
    const ids = (c.req.query('ids') ?? '').split(',').filter((id) => id !== '')
    if (ids.length < 1 || ids.length > maxIds) throw new HttpError(400, 'invalid', `ids: 1 to ${maxIds} batch ids`)
    return c.json({ batches: await find(ids.filter(isBatchId)) })
  })

  app.get('/batches/:id', async (c) => {
    const id = c.req.param('id')
    const [batch] = isBatchId(id) ? await find([id]) : []
    if (!batch) throw new HttpError(404, 'not_found', 'no such batch')
    return c.json(batch)
  })

  app.post('/webhooks/:provider', async (c) => {
    const body = new Uint8Array(await c.req.arrayBuffer())
    if (!acceptUnsigned && !verifySignature(webhookSecret, body, c.req.header('x-signature'))) {
      throw new HttpError(401, 'bad_signature', 'the signature is missing or wrong')
    }
    const provider = c.req.param('provider')
    if (!/^[\w-]{1,40}$/.test(provider)) throw new HttpError(404, 'not_found', 'no such provider')
    const payload = new TextDecoder().decode(body)
    const { id, type } = parseObject(payload)
    if (!isText(id, 200) || id === '') throw new HttpError(400, 'invalid', 'id: the id of the event')
    if (!isText(type, 100)) throw new HttpError(400, 'invalid', 'type: the kind of event')
    await webhooks.add({ provider, id, type, payload })
    return c.json({ status: 'stored' })
  })
}
