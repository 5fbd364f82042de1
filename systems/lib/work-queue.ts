import { AckPolicy, type Consumer, RetentionPolicy } from '@nats-io/jetstream'
import { nanos } from '@nats-io/transport-node'
import { type JetStream, JetStreamConnection, type JetStreamOptions } from './jetstream.ts'
import { type Job, toJob } from './job.ts'

export interface WorkQueueOptions extends JetStreamOptions {
  stream: string
  subject: string
  durable: string
  /** A message that is neither confirmed nor reported as being worked on for so long goes to another worker. */
  ackWaitMs: number
  maxAckPending: number
}

/** A JetStream work queue: each message to one worker, until confirmed. */
export class WorkQueue {
  #options: WorkQueueOptions
  #connection: JetStreamConnection<JetStream & { consumer: Consumer }>

  constructor(options: WorkQueueOptions) {
    const { stream, subject, durable, ackWaitMs, maxAckPending } = options
    this.#options = options
    this.#connection = new JetStreamConnection(options, async ({ js, jsm }) => {
      await jsm.streams.add({ name: stream, subjects: [subject], retention: RetentionPolicy.Workqueue })
      await jsm.consumers.add(stream, {
        durable_name: durable,
        ack_policy: AckPolicy.Explicit,
        ack_wait: nanos(ackWaitMs),
        max_ack_pending: maxAckPending,
      })
      return { js, jsm, consumer: await js.consumers.get(stream, durable) }
    })
  }

  /** Resolves when JetStream has stored it. The same `messageId` again within two minutes is dropped. */
  publish(id: string, messageId: string): Promise<void> {
    const { subject, timeoutMs } = this.#options
    return this.#connection.use(async ({ js }) => {
      await js.publish(subject, id, { msgID: messageId, timeout: timeoutMs })
    })
  }

  /** The next message, or null when none came within a second. */
  next(): Promise<Job | null> {
    return this.#connection.use(async ({ consumer }) => {
      const message = await consumer.next({ expires: 1000 })
      return message === null ? null : toJob(message)
    })
  }

  /** Messages that wait or are being worked on. */
  depth(): Promise<number> {
    return this.#connection.use(async ({ consumer }) => {
      const { num_pending, num_ack_pending } = await consumer.info()
      return num_pending + num_ack_pending
    })
  }

  /** Consumers of the stream that have messages but nobody who asks for or works on them. */
  staleConsumers(): Promise<number> {
    return this.#connection.use(async ({ jsm }) => {
      let stale = 0
      for await (const { num_pending, num_ack_pending, num_waiting } of jsm.consumers.list(this.#options.stream)) {
        if (num_pending > 0 && num_ack_pending === 0 && num_waiting === 0) stale++
      }
      return stale
    })
  }

  /** Resolves when the server answers. */
  check(): Promise<void> {
    return this.#connection.check()
  }

  close(): Promise<void> {
    return this.#connection.close()
  }
}
