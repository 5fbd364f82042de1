import { retry } from '../../lib/backoff.ts'
import type { CircuitBreaker } from '../../lib/circuit-breaker.ts'
import { CircuitOpenError } from '../../lib/circuit-breaker.ts'
import { isTransient, postJson } from '../../lib/http-client.ts'

/** Messages of one batch that go to the provider in one call. */
export interface Chunk {
  from: string
  subject: string
  body: string
  messages: { ref: string; to: string }[]
  /** The same for every try of these messages; null: none (weakness `no-idempotency`). */
  idempotencyKey: string | null
}

export interface SenderOptions {
  url: string
  breaker: CircuitBreaker
  timeoutMs: number
  retries: number
  firstDelayMs: number
  maxDelayMs: number
}

/** Hands a chunk to the provider; throws CircuitOpenError at once when the provider is known to be down. */
export const makeSender =
  ({ url, breaker, timeoutMs, ...backoff }: SenderOptions) =>
  async ({ idempotencyKey, ...mail }: Chunk, signal: AbortSignal): Promise<void> => {
    const body = JSON.stringify(mail)
    const headers: Record<string, string> = idempotencyKey === null ? {} : { 'idempotency-key': idempotencyKey }
    await retry(() => breaker.run(() => postJson(`${url}/send`, body, { timeoutMs, headers })), {
      ...backoff,
      signal,
      retriable: (error) => !(error instanceof CircuitOpenError) && isTransient(error),
    })
  }

export type Sender = ReturnType<typeof makeSender>
