import { createConnection, type Socket } from 'node:net'
import { messageOf } from '../../model/errors.ts'
import type { ProxySpec } from '../../model/system.ts'

/**
 * Probes that exchange data. Connecting alone proves nothing: Toxiproxy accepts by itself, and the
 * kernel accepts for a stopped process.
 */

type Protocol = ProxySpec['protocol']

/** PostgreSQL: SSLRequest is answered by one byte, S or N; GSSENCRequest likewise, once each per connection. */
const sslRequest = Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x2f])
const gssRequest = Buffer.from([0, 0, 0, 8, 0x04, 0xd2, 0x16, 0x30])

const requests: Record<
  Protocol,
  { first: Buffer | string; next: Buffer | string; answered: (reply: string) => boolean }
> = {
  http: httpRequest(),
  postgres: { first: sslRequest, next: gssRequest, answered: (reply) => /^[SNG]/.test(reply) },
  nats: {
    first: 'CONNECT {"verbose":false,"name":"holdfast-probe"}\r\nPING\r\n',
    next: 'PING\r\n',
    answered: (reply) => reply.includes('PONG\r\n'),
  },
}

function httpRequest() {
  const head = 'HEAD /health/live HTTP/1.1\r\nHost: holdfast-probe\r\nConnection: keep-alive\r\n\r\n'
  return {
    first: head,
    next: head,
    answered: (reply: string) => reply.startsWith('HTTP/1.1 ') && reply.includes('\r\n\r\n'),
  }
}

export interface ExchangeResult {
  answered: boolean
  elapsedMs: number
  /** Why there was no answer: `no answer in 500 ms`, `connection reset`, ... */
  text: string
}

/** A connection on which data can be exchanged more than once. */
export class ProbeConnection {
  #socket: Socket
  #protocol: Protocol
  #used = false

  constructor(port: number, protocol: Protocol) {
    this.#protocol = protocol
    this.#socket = createConnection({ host: '127.0.0.1', port })
    this.#socket.setNoDelay(true)
    // Every exchange listens for itself; this keeps an error between two of them from ending the process.
    this.#socket.on('error', () => {})
  }

  /** Sends one request and waits for its answer. Never throws. */
  exchange(timeoutMs: number): Promise<ExchangeResult> {
    const { first, next, answered } = requests[this.#protocol]
    const socket = this.#socket
    const started = performance.now()
    return new Promise((resolve) => {
      let reply = ''
      const done = (ok: boolean, text: string) => {
        clearTimeout(timer)
        socket.off('data', onData).off('error', onError).off('close', onClose)
        resolve({ answered: ok, elapsedMs: performance.now() - started, text })
      }
      const onData = (data: Buffer) => {
        reply += data.toString('latin1')
        if (answered(reply)) done(true, 'answered')
      }
      const onError = (error: Error) => done(false, messageOf(error))
      const onClose = () => done(false, 'connection closed')
      const timer = setTimeout(() => done(false, `no answer in ${timeoutMs} ms`), timeoutMs)
      socket.on('data', onData).on('error', onError).on('close', onClose)
      if (socket.destroyed) return onClose()
      socket.write(this.#used ? next : first)
      this.#used = true
    })
  }

  close(): void {
    this.#socket.destroy()
  }
}

/** One exchange on a new connection. Never throws. */
export const exchangeOnce = async (port: number, protocol: Protocol, timeoutMs: number): Promise<ExchangeResult> => {
  const connection = new ProbeConnection(port, protocol)
  try {
    return await connection.exchange(timeoutMs)
  } finally {
    connection.close()
  }
}
