import type { BatchProgress } from './batch-progress.ts'
import type { Sender } from './sender.ts'

/** Most messages per call of the provider. */
const chunkSize = 500

export interface ProcessOptions {
  progress: BatchProgress
  send: Sender
  onSent: (messages: number) => void
  signal: AbortSignal
  /** Weakness `no-idempotency`: starts from the first recipient again, without keys. */
  forgetful: boolean
}

/**
 * Sends what is left of a batch. Chunks have fixed bounds, and a chunk is marked as a whole, so the
 * idempotency key made of batch and first position always stands for the same messages: a crash
 * between sending and marking repeats the call, not the e-mails.
 */
export const processBatch = async (id: string, options: ProcessOptions): Promise<void> => {
  const { progress, send, onSent, signal, forgetful } = options
  const batch = await progress.claim(id)
  if (batch === null) return
  const { from, subject, body, total } = batch
  for (let first = 1; first <= total; first += chunkSize) {
    signal.throwIfAborted()
    const last = Math.min(total, first + chunkSize - 1)
    const recipients = await progress.recipients(id, first, last, forgetful)
    if (recipients.length === 0) continue
    const messages = recipients.map(({ position, address }) => ({ ref: `${id}/${position}`, to: address }))
    await send({ from, subject, body, messages, idempotencyKey: forgetful ? null : `${id}/${first}` }, signal)
    await progress.markSent(id, first, last)
    onSent(messages.length)
  }
  await progress.finish(id, 'completed')
}
