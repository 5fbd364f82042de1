import type { JsMsg } from '@nats-io/jetstream'
import { backoffDelayMs } from './backoff.ts'
import { errorFields, type Log } from './log.ts'
import { pause } from './pause.ts'

/** One message in the hands of a worker. */
export interface Job {
  /** What was published: an id, or the JSON of an event. */
  data: string
  /** 1 the first time. */
  deliveries: number
  /** Says that the work goes on, so that it is not given to another worker. */
  working: () => void
  done: () => void
  retryIn: (ms: number) => void
}

export const toJob = (message: JsMsg): Job => ({
  data: message.string(),
  deliveries: message.info.deliveryCount,
  working: () => message.working(),
  done: () => message.ack(),
  retryIn: (ms) => message.nak(ms),
})

export interface TakeOptions {
  /** The next message, or null when none came for a while. */
  next: () => Promise<Job | null>
  /** Sees to it that the job is confirmed or given back; must not throw. */
  handle: (job: Job) => Promise<void>
  /** Jobs in hand at a time. */
  concurrency: number
  log: Log
  signal: AbortSignal
}

/** Takes jobs until stopped; resolves when the last one is out of its hands. */
export const takeJobs = async (options: TakeOptions): Promise<void> => {
  await Promise.all(Array.from({ length: options.concurrency }, () => takeOneByOne(options)))
}

const takeOneByOne = async ({ next, handle, log, signal }: TakeOptions): Promise<void> => {
  let failures = 0
  while (!signal.aborted) {
    try {
      const job = await next()
      failures = 0
      if (job) await handle(job)
    } catch (error) {
      if (signal.aborted) return
      if (failures === 0) log.warn('cannot take work, trying again', errorFields(error))
      await pause(backoffDelayMs(failures++, { firstDelayMs: 100, maxDelayMs: 1000 }), signal)
    }
  }
}
