import { backoffDelayMs } from '../../lib/backoff.ts'
import { CircuitOpenError } from '../../lib/circuit-breaker.ts'
import { isTransient, ResponseError } from '../../lib/http-client.ts'
import { type Job, takeJobs } from '../../lib/job.ts'
import { errorFields, type Log } from '../../lib/log.ts'
import type { WorkQueue } from '../../lib/work-queue.ts'

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
export const consume = (options: ConsumeOptions): Promise<void> =>
  takeJobs({ ...options, next: () => options.queue.next(), handle: (job) => handle(job, options) })

const handle = async (job: Job, { log, ackWaitMs, work, giveUp, signal }: ConsumeOptions): Promise<void> => {
  const heartbeat = setInterval(() => job.working(), ackWaitMs / 3)
  try {
    try {
      await work(job.data)
    } catch (error) {
      if (!(error instanceof ResponseError) || isTransient(error)) throw error
      log.error('the provider refuses this batch', { id: job.data, ...errorFields(error) })
      await giveUp(job.data)
    }
    job.done()
  } catch (error) {
    const again = error instanceof CircuitOpenError ? error.retryInMs : backoffDelayMs(job.deliveries - 1, backoff)
    const retryInMs = signal.aborted ? 0 : Math.min(again, backoff.maxDelayMs)
    log.warn('batch not finished', { id: job.data, deliveries: job.deliveries, retryInMs, ...errorFields(error) })
    job.retryIn(Math.ceil(retryInMs))
  } finally {
    clearInterval(heartbeat)
  }
}
