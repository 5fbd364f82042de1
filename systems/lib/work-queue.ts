import {
  AckPolicy,
  type Consumer,
  type JetStreamClient,
  type JetStreamManager,
  type JsMsg,
  jetstream,
  jetstreamManager,
  RetentionPolicy,
} from '@nats-io/jetstream'
import { connect, type NatsConnection, nanos } from '@nats-io/transport-node'
import { UnavailableError } from './http-error.ts'
import { errorFields, type Log } from './log.ts'
import { within } from './within.ts'

export interface WorkQueueOptions {
  url: string
  /** Client name, as `nats` lists it. */
  name: string
  stream: string
  subject: string
  durable: string
  /** A message that is neither confirmed nor reported as being worked on for so long goes to another worker. */
  ackWaitMs: number
  maxAckPending: number
  /** Every request to JetStream. */
  timeoutMs: number
  log: Log
}

/** One message in the hands of a worker. */
export interface Job {
  id: string
  /** 1 the first time. */
  deliveries: number
  /** Says that the work goes on, so that it is not given to another worker. */
  working: () => void
  done: () => void
  retryIn: (ms: number) => void
}

interface Connected {
  js: JetStreamClient
  jsm: JetStreamManager
  consumer: Consumer
}

/**
 * A JetStream work queue: each message to one worker, until confirmed. The connection is made in the
 * background and again whenever it is lost, for ever; until then calls fail with UnavailableError.
 */
export class WorkQueue {
  #options: WorkQueueOptions
  #connection: NatsConnection | undefined
  #firstConnection = Promise.withResolvers<NatsConnection>()
  /** Stream and consumer are looked after once per success; an error makes the next call look again. */
  #connected: Promise<Connected> | undefined
  #closed = false

  constructor(options: WorkQueueOptions) {
    this.#options = options
    void this.#connect()
  }

  async #connect(): Promise<void> {
    const { url, name, log } = this.#options
    try {
      const connection = await connect({
        servers: url,
        name,
        maxReconnectAttempts: -1,
        waitOnFirstConnect: true,
        reconnectTimeWait: 250,
        reconnectJitter: 250,
        timeout: 2000,
        // A link that is cut without a word is noticed after three unanswered pings.
        pingInterval: 1000,
        maxPingOut: 2,
      })
      if (this.#closed) return await connection.close()
      this.#connection = connection
      this.#firstConnection.resolve(connection)
      for await (const { type } of connection.status()) {
        if (type === 'disconnect' || type === 'reconnect') log.warn(`queue: ${type}`)
      }
    } catch (error) {
      log.error('queue: connection ended', errorFields(error))
    }
  }

  async #use<T>(call: (connected: Connected) => Promise<T>): Promise<T> {
    this.#connected ??= this.#declare()
    const connected = this.#connected
    try {
      return await call(await connected)
    } catch (error) {
      if (this.#connected === connected) this.#connected = undefined
      throw new UnavailableError('queue', error)
    }
  }

  async #declare(): Promise<Connected> {
    const { stream, subject, durable, ackWaitMs, maxAckPending, timeoutMs } = this.#options
    const connection = await within(timeoutMs, 'connecting', this.#firstConnection.promise)
    const js = jetstream(connection, { timeout: timeoutMs })
    const jsm = await jetstreamManager(connection, { timeout: timeoutMs, checkAPI: false })
    await jsm.streams.add({ name: stream, subjects: [subject], retention: RetentionPolicy.Workqueue })
    await jsm.consumers.add(stream, {
      durable_name: durable,
      ack_policy: AckPolicy.Explicit,
      ack_wait: nanos(ackWaitMs),
      max_ack_pending: maxAckPending,
    })
    return { js, jsm, consumer: await js.consumers.get(stream, durable) }
  }

  /** Resolves when JetStream has stored it. The same `messageId` again within two minutes is dropped. */
  publish(id: string, messageId: string): Promise<void> {
    const { subject, timeoutMs } = this.#options
    return this.#use(async ({ js }) => {
      await js.publish(subject, id, { msgID: messageId, timeout: timeoutMs })
    })
  }

  /** The next message, or null when none came within a second. */
  next(): Promise<Job | null> {
    return this.#use(async ({ consumer }) => {
      const message = await consumer.next({ expires: 1000 })
      return message === null ? null : toJob(message)
    })
  }

  /** Messages that wait or are being worked on. */
  depth(): Promise<number> {
    return this.#use(async ({ consumer }) => {
      const { num_pending, num_ack_pending } = await consumer.info()
      return num_pending + num_ack_pending
    })
  }

  /** Consumers of the stream that have messages but nobody who asks for or works on them. */
  staleConsumers(): Promise<number> {
    return this.#use(async ({ jsm }) => {
      let stale = 0
      for await (const { num_pending, num_ack_pending, num_waiting } of jsm.consumers.list(this.#options.stream)) {
        if (num_pending > 0 && num_ack_pending === 0 && num_waiting === 0) stale++
      }
      return stale
    })
  }

  /** Resolves when the server answers. */
  async check(): Promise<void> {
    if (this.#connection === undefined) throw new UnavailableError('queue', 'not connected')
    await this.#connection.rtt()
  }

  async close(): Promise<void> {
    this.#closed = true
    await this.#connection?.close()
  }
}

const toJob = (message: JsMsg): Job => ({
  id: message.string(),
  deliveries: message.info.deliveryCount,
  working: () => message.working(),
  done: () => message.ack(),
  retryIn: (ms) => message.nak(ms),
})
