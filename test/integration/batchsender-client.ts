import { sign } from '../../systems/lib/signature.ts'
import { type Parts, waitUntil } from './parts.ts'

/** An answer with its JSON body. */
export interface Answer {
  status: number
  // biome-ignore lint/suspicious/noExplicitAny: tests read what they expect
  json: any
}

export const get = async (url: string): Promise<Answer> => {
  const response = await fetch(url, { signal: AbortSignal.timeout(10_000) })
  return { status: response.status, json: await response.json() }
}

export const post = async (
  url: string,
  body: unknown,
  headers: Record<string, string> = {},
  timeoutMs = 10_000,
): Promise<Answer> => {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
    signal: AbortSignal.timeout(timeoutMs),
  })
  return { status: response.status, json: await response.json() }
}

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

/** One value of a part's `/metrics`. */
export const metric = async (parts: Parts, part: string, name: string): Promise<number> => {
  const text = await (await fetch(`${parts.url(part)}/metrics`)).text()
  const line = text.split('\n').find((each) => each.startsWith(`${name} `))
  if (!line) throw new Error(`${part} has no metric ${name}`)
  return Number(line.split(' ')[1])
}

/** Kills the worker that is sending the batch, once some of it is sent, and starts it again. */
export const killWorkerAmidst = async (parts: Parts, id: string): Promise<void> => {
  await waitUntil(`some of ${id} is sent`, async () => (await get(`${parts.url('api')}/batches/${id}`)).json.sent > 0)
  const holder = (await metric(parts, 'worker-1', 'batches_in_hand')) > 0 ? 'worker-1' : 'worker-2'
  await parts.end(holder, 'SIGKILL')
  const { status, sent, total } = (await get(`${parts.url('api')}/batches/${id}`)).json
  if (status !== 'processing' || sent === total) throw new Error(`${id} was done before the worker was killed`)
  await parts.start(holder)
}

/** The ids that the audit calls lost. */
export async function* once<T>(items: T): AsyncGenerator<T> {
  yield items
}
