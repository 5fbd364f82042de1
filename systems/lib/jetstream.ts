import { type JetStreamClient, type JetStreamManager, jetstream, jetstreamManager } from '@nats-io/jetstream'
import { connect, type NatsConnection } from '@nats-io/transport-node'
import { UnavailableError } from './http-error.ts'
import { errorFields, type Log } from './log.ts'
import { within } from './within.ts'

export interface JetStreamOptions {
  url: string
  /** Client name, as `nats` lists it. */
  name: string
  /** Every request to JetStream. */
  timeoutMs: number
  log: Log
}

export interface JetStream {
  js: JetStreamClient
  jsm: JetStreamManager
}

/**
 * A connection to NATS JetStream, made in the background and again whenever it is lost, for ever; until
 * then calls fail with UnavailableError. What `declare` makes (streams, consumers) is looked after once
 * per success; an error makes the next call look again.
 */
export class JetStreamConnection<Declared> {
  #options: JetStreamOptions
  #declare: (jetStream: JetStream) => Promise<Declared>
  #connection: NatsConnection | undefined
  #firstConnection = Promise.withResolvers<NatsConnection>()
  #declared: Promise<Declared> | undefined
  #closed = false

  constructor(options: JetStreamOptions, declare: (jetStream: JetStream) => Promise<Declared>) {
    this.#options = options
    this.#declare = declare
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

  /** @throws UnavailableError for every error of the call. */
  async use<T>(call: (declared: Declared) => Promise<T>): Promise<T> {
    this.#declared ??= this.#open()
    const declared = this.#declared
    try {
      return await call(await declared)
    } catch (error) {
      if (this.#declared === declared) this.#declared = undefined
      throw new UnavailableError('queue', error)
    }
  }

  async #open(): Promise<Declared> {
    const { timeoutMs } = this.#options
    const connection = await within(timeoutMs, 'connecting', this.#firstConnection.promise)
    return await this.#declare({
      js: jetstream(connection, { timeout: timeoutMs }),
      jsm: await jetstreamManager(connection, { timeout: timeoutMs, checkAPI: false }),
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
