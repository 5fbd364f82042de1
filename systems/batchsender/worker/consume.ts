import { setTimeout as sleep } from 'node:timers/promises'
import { backoffDelayMs } from '../../lib/backoff.ts'
import { CircuitOpenError } from '../../lib/circuit-breaker.ts'
import { isTransient, ResponseError } from '../../lib/http-client.ts'
import { errorFields, type Log } from '../../lib/log.ts'
import type { Job, WorkQueue } from '../../lib/work-queue.ts'

export interface ConsumeOptions {
  queue: WorkQueue
  log: Log
  /** Messages worked on at a time. */
  concurrency: number
  ackWaitMs: number
  work: (id: string) => Promise<void>
  /** The work can never succeed. */
  giveUp: (id: string) => Promise<void>
  signal: AbortSignal
}

const backoff = { firstDelayMs: 500, maxDelayMs: 10_000 }

/** Takes messages until stopped; resolves when the last one is out of its hands. */
export const consume = async (options: ConsumeOptions): Promise<void> => {
  await Promise.all(Array.from({ length: options.concurrency }, () => takeOneByOne(options)))
}

const takeOneByOne = async (options: ConsumeOptions): Promise<void> => {
  const { queue, log, signal } = options
  let failures = 0
  while (!signal.aborted) {
    try {
      const job = await queue.next()
      failures = 0
      if (job) await handle(job, options)
    } catch (error) {
      if (signal.aborted) return
      if (failures === 0) log.warn('cannot take work, trying again', errorFields(error))
      await sleep(backoffDelayMs(failures++, { firstDelayMs: 100, maxDelayMs: 1000 }), undefined, { signal }).catch(
        () => undefined,
      )
    }
  }
}

const handle = async (job: Job, { log, ackWaitMs, work, giveUp, signal }: ConsumeOptions): Promise<void> => {
  const heartbeat = setInterval(() => job.working(), ackWaitMs / 3)
  try {
    try {
      await work(job.id)
    } catch (error) {
      if (!(error instanceof ResponseError) || isTransient(error)) throw error
      log.error('the provider refuses this batch', { id: job.id, ...errorFields(error) })
      await giveUp(job.id)
    }
    job.done()
  } catch (error) {
    const again = error instanceof CircuitOpenError ? error.retryInMs : backoffDelayMs(job.deliveries - 1, backoff)
    const retryInMs = signal.aborted ? 0 : Math.min(again, backoff.maxDelayMs)
    log.warn('batch not finished', { id: job.id, deliveries: job.deliveries, retryInMs, ...errorFields(error) })
    job.retryIn(Math.ceil(retryInMs))
  } finally {
    clearInterval(heartbeat)
  }
}
