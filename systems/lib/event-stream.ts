import { AckPolicy, type Consumer, type ConsumerConfig, DeliverPolicy, RetentionPolicy } from '@nats-io/jetstream'
import { nanos } from '@nats-io/transport-node'
import { backoffDelayMs } from './backoff.ts'
import { type JetStream, JetStreamConnection, type JetStreamOptions } from './jetstream.ts'
import { type Job, takeJobs, toJob } from './job.ts'
import { errorFields } from './log.ts'
import { pause } from './pause.ts'

export interface EventStreamOptions extends JetStreamOptions {
  stream: string
  subject: string
  /** Events are kept for so long, whoever has read them; the oldest go first when there are too many. */
  maxAgeMs: number
  maxBytes: number
}

export interface ConsumeOptions {
  /** Name of the group that reads: each event goes to one of its members, and it goes on where it was. */
  durable: string
  /** An event that is neither confirmed nor reported as being worked on for so long goes to another member. */
  ackWaitMs: number
  /** Events in hand at a time; 1 keeps their order. */
  concurrency: number
  /** Throwing gives the event back, for another try after a back-off. */
  handle: (data: string, deliveries: number) => Promise<void>
  signal: AbortSignal
}

/** An event with its place in the stream: 1, 2, 3, ... */
export interface StreamEvent {
  sequence: number
  data: string
}

const retryBackoff = { firstDelayMs: 200, maxDelayMs: 2000 }

/**
 * A log of events in JetStream, as a Kafka topic is one: every group of consumers sees every event, at
 * least once.
 */
export class EventStream {
  #options: EventStreamOptions
  #connection: JetStreamConnection<JetStream & { consumers: Map<string, Consumer> }>

  constructor(options: EventStreamOptions) {
    const { stream, subject, maxAgeMs, maxBytes } = options
    this.#options = options
    this.#connection = new JetStreamConnection(options, async (jetStream) => {
      await jetStream.jsm.streams.add({
        name: stream,
        subjects: [subject],
        retention: RetentionPolicy.Limits,
        max_age: nanos(maxAgeMs),
        max_bytes: maxBytes,
      })
      return { ...jetStream, consumers: new Map() }
    })
  }

  /** Resolves when JetStream has stored it. The same `messageId` again within two minutes is dropped. */
  publish(data: string | Uint8Array, messageId: string): Promise<void> {
    const { subject, timeoutMs } = this.#options
    return this.#connection.use(async ({ js }) => {
      await js.publish(subject, data, { msgID: messageId, timeout: timeoutMs })
    })
  }

  /** Hands every event to `handle`, at least once, from the oldest on; resolves when stopped. */
  async consume({ durable, ackWaitMs, concurrency, handle, signal }: ConsumeOptions): Promise<void> {
    const { log } = this.#options
    const config = { durable_name: durable, ack_policy: AckPolicy.Explicit, ack_wait: nanos(ackWaitMs) }
    const next = () =>
      this.#withConsumer(durable, config, async (consumer) => {
        const message = await consumer.next({ expires: 1000 })
        return message === null ? null : toJob(message)
      })
    const handleJob = async (job: Job) => {
      const heartbeat = setInterval(() => job.working(), ackWaitMs / 3)
      try {
        await handle(job.data, job.deliveries)
        job.done()
      } catch (error) {
        const retryInMs = signal.aborted ? 0 : backoffDelayMs(job.deliveries - 1, retryBackoff)
        log.warn('event not handled', { deliveries: job.deliveries, retryInMs, ...errorFields(error) })
        job.retryIn(Math.ceil(retryInMs))
      } finally {
        clearInterval(heartbeat)
      }
    }
    await takeJobs({ next, handle: handleJob, concurrency, log, signal })
  }

  /**
   * Every event that is not older than `sinceMs`, and then those to come, in order and for this caller
   * alone: nothing is confirmed. Goes on after the last one when the connection was lost; resolves when stopped.
   */
  async follow(options: {
    sinceMs: number
    onEvent: (event: StreamEvent) => void
    /** `onEvent` has seen everything that was there; may be called more than once. */
    onCaughtUp: () => void
    signal: AbortSignal
  }): Promise<void> {
    const { sinceMs, onEvent, onCaughtUp, signal } = options
    const from = new Date(Date.now() - sinceMs).toISOString()
    let last = 0
    let failures = 0
    while (!signal.aborted) {
      const start: Partial<ConsumerConfig> =
        last > 0
          ? { deliver_policy: DeliverPolicy.StartSequence, opt_start_seq: last + 1 }
          : { deliver_policy: DeliverPolicy.StartTime, opt_start_time: from }
      const config = { ...start, ack_policy: AckPolicy.None, mem_storage: true, inactive_threshold: nanos(30_000) }
      try {
        await this.#withConsumer('', config, async (consumer) => {
          // As it was when this consumer was made.
          if ((await consumer.info(true)).num_pending === 0) onCaughtUp()
          for await (const message of await consumer.fetch({ max_messages: 500, expires: 1000 })) {
            if (message.seq <= last) continue
            last = message.seq
            onEvent({ sequence: message.seq, data: message.string() })
            if (message.info.pending === 0) onCaughtUp()
          }
        })
        failures = 0
      } catch (error) {
        if (failures === 0) this.#options.log.warn('cannot follow the events, trying again', errorFields(error))
        await pause(backoffDelayMs(failures++, { firstDelayMs: 100, maxDelayMs: 1000 }), signal)
      }
    }
  }

  /** Events that a group has yet to confirm; fails when there is no such group yet. */
  lag(durable: string): Promise<number> {
    return this.#connection.use(async ({ jsm }) => {
      const { num_pending, num_ack_pending } = await jsm.consumers.info(this.#options.stream, durable)
      return num_pending + num_ack_pending
    })
  }

  /** A consumer is made once per connection that works; '' has no durable name and is this object's own. */
  #withConsumer<T>(
    name: string,
    config: Partial<ConsumerConfig>,
    call: (consumer: Consumer) => Promise<T>,
  ): Promise<T> {
    const { stream } = this.#options
    return this.#connection.use(async ({ js, jsm, consumers }) => {
      let consumer = consumers.get(name)
      if (!consumer) {
        const made = await jsm.consumers.add(stream, config)
        consumer = await js.consumers.get(stream, made.name)
        consumers.set(name, consumer)
      }
      return await call(consumer)
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
