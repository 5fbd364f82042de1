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

/** Sends JSON and reads the JSON that comes back. @throws ResponseError; or fetch's error when there is no answer in time. */
export const postJson = async (
  url: string,
  body: string,
  { timeoutMs, headers = {} }: { timeoutMs: number; headers?: Record<string, string> },
): Promise<unknown> => {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body,
    signal: AbortSignal.timeout(timeoutMs),
  })
  // Read to the end in any case: an unread body keeps the connection from being used again.
  const text = await response.text()
  if (!response.ok) throw new ResponseError(url, response.status)
  return JSON.parse(text)
}
