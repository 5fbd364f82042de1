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

/**
 * Sends JSON and reads the JSON that comes back. With `node:http`, not `fetch`: a worker that may
 * have 100 MB in all feels the difference of some 8 MB.
 * @throws ResponseError; or another error when there is no answer in time.
 */
export const postJson = (
  url: string,
  body: string,
  { timeoutMs, headers = {} }: { timeoutMs: number; headers?: Record<string, string> },
): Promise<unknown> =>
  new Promise((resolve, reject) => {
    const call = request(url, {
      agent,
      method: 'POST',
      headers: { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body), ...headers },
      signal: AbortSignal.timeout(timeoutMs),
    })
    call.once('error', reject)
    call.once('response', (response) => {
      const pieces: Buffer[] = []
      response.on('data', (piece: Buffer) => pieces.push(piece))
      response.once('error', reject)
      response.once('end', () => {
        const status = response.statusCode ?? 0
        if (status < 200 || status > 299) return reject(new ResponseError(url, status))
        try {
          resolve(JSON.parse(Buffer.concat(pieces).toString()))
        } catch (error) {
          reject(error)
        }
      })
    })
    call.end(body)
  })
