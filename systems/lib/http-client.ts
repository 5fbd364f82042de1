import { Agent, request } from 'node:http'

/** An answer with another status than 2xx. */
export class ResponseError extends Error {
  readonly status: number

  constructor(url: string, status: number) {
    super(`${url} answered ${status}`)
    this.name = 'ResponseError'
    this.status = status
  }
}

/** True for what may be different next time: no answer, 408, 429 and 5xx. */
export const isTransient = (error: unknown): boolean =>
  !(error instanceof ResponseError) || error.status === 408 || error.status === 429 || error.status >= 500

const agent = new Agent({ keepAlive: true })

export interface Call {
  method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  url: string
  body?: string
  headers?: Record<string, string>
  timeoutMs: number
}

/**
 * One request and its whole answer, whatever its status. With `node:http`, not `fetch`: a worker that
 * may have 100 MB in all feels the difference of some 8 MB.
 * @throws Error when there is no answer in time.
 */
export const send = ({ method, url, body, headers = {}, timeoutMs }: Call): Promise<{ status: number; text: string }> =>
  new Promise((resolve, reject) => {
    const type: Record<string, string> =
      body === undefined
        ? {}
        : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) }
    const signal = AbortSignal.timeout(timeoutMs)
    const call = request(url, { agent, method, headers: { ...type, ...headers }, signal })
    call.once('error', reject)
    call.once('response', (response) => {
      const pieces: Buffer[] = []
      response.on('data', (piece: Buffer) => pieces.push(piece))
      response.once('error', reject)
      response.once('end', () => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(pieces).toString() }))
    })
    call.end(body)
  })

/**
 * Sends JSON and reads the JSON that comes back.
 * @throws ResponseError; or another error when there is no answer in time.
 */
export const postJson = async (
  url: string,
  body: string,
  { timeoutMs, headers = {} }: { timeoutMs: number; headers?: Record<string, string> },
): Promise<unknown> => {
  const { status, text } = await send({ method: 'POST', url, body, headers, timeoutMs })
  if (status < 200 || status > 299) throw new ResponseError(url, status)
  return JSON.parse(text)
}
