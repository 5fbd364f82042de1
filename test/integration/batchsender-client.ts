import { sign } from '../../systems/lib/signature.ts'
import { get, metric } from './client.ts'
import { type Parts, waitUntil } from './parts.ts'

export const batchOf = (id: string, recipients: number) => ({
  id,
  from: 'sender@example.test',
  subject: 'subject',
  body: 'body',
  recipients: Array.from({ length: recipients }, (_, i) => `r${i}@example.test`),
})

export const signed = (parts: Parts, body: string) => ({
  'x-signature': sign(parts.layout.scenarioEnv.BATCHSENDER_WEBHOOK_SECRET ?? '', body),
})

export const completed = (parts: Parts, id: string): Promise<void> =>
  waitUntil(`batch ${id} is complete`, async () => {
    const { json } = await get(`${parts.url('api')}/batches/${id}`)
    return json.status === 'completed'
  })

export const stats = async (parts: Parts) => (await get(`${parts.url('provider')}/stats`)).json

/** Kills the worker that is sending the batch, once some of it is sent, and starts it again. */
export const killWorkerAmidst = async (parts: Parts, id: string): Promise<void> => {
  await waitUntil(`some of ${id} is sent`, async () => (await get(`${parts.url('api')}/batches/${id}`)).json.sent > 0)
  const holder = (await metric(parts, 'worker-1', 'batches_in_hand')) > 0 ? 'worker-1' : 'worker-2'
  await parts.end(holder, 'SIGKILL')
  const { status, sent, total } = (await get(`${parts.url('api')}/batches/${id}`)).json
  if (status !== 'processing' || sent === total) throw new Error(`${id} was done before the worker was killed`)
  await parts.start(holder)
}
