import type { IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { type WebSocket, WebSocketServer } from 'ws'

export interface HubOptions {
  /** Who asks to be connected, or null to refuse with 401. */
  authorize: (url: URL) => string | null
  /** The client is connected: what it has to be told first. From here on it gets what is sent to its key. */
  greet: (key: string, url: URL) => string[]
  /** A client that has more than this waiting to be sent is cut off: it may come back and resume. */
  maxWaitingBytes: number
  /** A client that does not answer a ping until the next one is cut off. */
  pingEveryMs: number
}

/** WebSocket clients by key (a user, say); every client of a key gets each message for it. */
export class WebSocketHub {
  #options: HubOptions
  #server = new WebSocketServer({ noServer: true })
  #clients = new Map<string, Set<WebSocket>>()
  #answered = new WeakSet<WebSocket>()
  #ping: NodeJS.Timeout
  /** Clients connected now. */
  connections = 0
  /** Messages handed to clients. */
  messages = 0

  constructor(options: HubOptions) {
    this.#options = options
    this.#ping = setInterval(() => this.#pingAll(), options.pingEveryMs)
  }

  /** For `listen`: a request to become a WebSocket. */
  upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    // A client that is gone before it was answered is no news.
    socket.on('error', () => socket.destroy())
    const url = new URL(request.url ?? '/', 'http://hub')
    const key = this.#options.authorize(url)
    if (key === null) {
      socket.end('HTTP/1.1 401 Unauthorized\r\ncontent-length: 0\r\nconnection: close\r\n\r\n')
      return
    }
    this.#server.handleUpgrade(request, socket, head, (client) => this.#join(key, client, url))
  }

  // Greeting and joining are one step: nothing is sent to the key in between.
  #join(key: string, client: WebSocket, url: URL): void {
    const clients = this.#clients.get(key) ?? new Set()
    this.#clients.set(key, clients.add(client))
    this.connections++
    this.#answered.add(client)
    client.on('pong', () => this.#answered.add(client))
    client.on('error', () => client.terminate())
    client.once('close', () => {
      this.connections--
      clients.delete(client)
      if (clients.size === 0 && this.#clients.get(key) === clients) this.#clients.delete(key)
    })
    for (const message of this.#options.greet(key, url)) this.#sendTo(client, message)
  }

  send(key: string, message: string): void {
    for (const client of this.#clients.get(key) ?? []) this.#sendTo(client, message)
  }

  #sendTo(client: WebSocket, message: string): void {
    if (client.readyState !== client.OPEN) return
    if (client.bufferedAmount > this.#options.maxWaitingBytes) {
      client.terminate()
      return
    }
    this.messages++
    client.send(message)
  }

  #pingAll(): void {
    for (const client of this.#server.clients) {
      if (!this.#answered.delete(client)) client.terminate()
      else client.ping()
    }
  }

  async close(): Promise<void> {
    clearInterval(this.#ping)
    for (const client of this.#server.clients) client.terminate()
    this.#server.close()
  }
}
