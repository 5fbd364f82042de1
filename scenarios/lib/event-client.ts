import { clearTimeout, setTimeout } from 'k6/timers'
import { WebSocket } from 'k6/websockets'
import { addRequest } from './request.ts'

/** A message of the server's: `hello` first, then events, each with its place in the stream. */
export interface Message {
  sequence: number
  type: string
  [key: string]: unknown
}

export interface EventClientOptions {
  /** Address without `since`: `ws://host/events?token=...`. */
  url: string
  /** Name in reports of the request that connects: `WS /events`. */
  name: string
  connectTimeoutMs: number
  /** A server that sends nothing, not even a ping, for so long is taken for dead. */
  silenceMs: number
  reconnectMs: number
  onEvent: (message: Message) => void
}

/**
 * A WebSocket client that stays connected: after every loss it comes back and names the last sequence
 * that it has, so that the server can send what it missed. Each attempt counts as one request, ok when
 * the server has said hello.
 */
export const eventClient = (options: EventClientOptions) => {
  const { url, name, connectTimeoutMs, silenceMs, reconnectMs, onEvent } = options
  let since: number | null = null
  let current: WebSocket | null = null
  let watch: number | undefined
  let becomeReady = () => {}
  /** The server has said hello for the first time. */
  const ready = new Promise<void>((resolve) => {
    becomeReady = resolve
  })

  const connect = (): void => {
    const startedAtMs = Date.now()
    const socket = new WebSocket(`${url}${since === null ? '' : `&since=${since}`}`, null, { tags: { name } })
    let counted = false
    const count = (status: number, error: string | null) => {
      if (!counted) addRequest(name, Date.now() - startedAtMs, status, error)
      counted = true
    }
    const lost = (why: string) => {
      if (socket !== current) return
      count(0, why)
      if (watch !== undefined) clearTimeout(watch)
      current = null
      socket.close()
      watch = setTimeout(connect, reconnectMs)
    }
    const expectWithin = (ms: number, why: string) => {
      if (socket !== current) return
      if (watch !== undefined) clearTimeout(watch)
      watch = setTimeout(() => lost(why), ms)
    }
    current = socket
    expectWithin(connectTimeoutMs, 'timeout')
    socket.onmessage = (event) => {
      const message = JSON.parse(String(event?.data)) as Message
      expectWithin(silenceMs, 'silent')
      since = Math.max(since ?? 0, message.sequence)
      if (message.type !== 'hello') {
        onEvent(message)
        return
      }
      count(101, null)
      becomeReady()
    }
    socket.onping = () => expectWithin(silenceMs, 'silent')
    socket.onerror = () => lost('connection failed')
    socket.onclose = () => lost('connection closed')
  }

  connect()
  return {
    ready,
    close: () => {
      const socket = current
      current = null
      if (watch !== undefined) clearTimeout(watch)
      socket?.close()
    },
  }
}
