import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { WebSocket } from 'ws'
import { WebSocketHub } from './web-socket-hub.ts'

let hub: WebSocketHub
let server: Server
let address: string

const start = async (pingEveryMs: number) => {
  hub = new WebSocketHub({
    authorize: (url) => url.searchParams.get('user'),
    greet: (key, url) => [`hello ${key}`, `since ${url.searchParams.get('since')}`],
    maxWaitingBytes: 1_000_000,
    pingEveryMs,
  })
  server = createServer()
  server.on('upgrade', hub.upgrade)
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  address = `ws://127.0.0.1:${(server.address() as AddressInfo).port}`
}

beforeEach(() => start(60_000))
afterEach(async () => {
  await hub.close()
  server.close()
})

/** A client, and its next messages: none is lost, however early it comes. */
const connect = async (path: string, options = {}) => {
  const client = new WebSocket(`${address}${path}`, options)
  const arrived: string[] = []
  let wake = () => {}
  client.on('message', (data) => {
    arrived.push(String(data))
    wake()
  })
  const next = async () => {
    while (arrived.length === 0) await new Promise<void>((resolve) => (wake = resolve))
    return arrived.shift()
  }
  await once(client, 'open')
  return { client, next }
}

/** The hub hears of an end at its own time. */
const untilConnected = (clients: number) => expect.poll(() => hub.connections).toBe(clients)

test('whoever is not known is refused with 401', async () => {
  const client = new WebSocket(`${address}/`)
  const [error] = await once(client, 'error')
  expect(error.message).toContain('401')
  expect(hub.connections).toBe(0)
})

test('greets first, then every client of a key gets its messages, and no other', async () => {
  const a = await connect('/?user=a&since=7')
  const alsoA = await connect('/?user=a')
  const b = await connect('/?user=b')
  for (const { next } of [a, alsoA]) expect(await next()).toBe('hello a')
  expect(await a.next()).toBe('since 7')
  await alsoA.next()
  hub.send('a', 'for a')
  hub.send('b', 'for b')
  expect(await a.next()).toBe('for a')
  expect(await alsoA.next()).toBe('for a')
  expect([await b.next(), await b.next(), await b.next()]).toEqual(['hello b', 'since null', 'for b'])
  expect(hub.connections).toBe(3)
})

test('a client that left gets nothing and is not counted', async () => {
  const a = await connect('/?user=a')
  const b = await connect('/?user=b')
  a.client.close()
  await once(a.client, 'close')
  hub.send('a', 'too late')
  hub.send('b', 'in time')
  await b.next()
  await b.next()
  expect(await b.next()).toBe('in time')
  await untilConnected(1)
})

test('a client that answers no ping is cut off', async () => {
  await hub.close()
  server.close()
  await start(20)
  const { client } = await connect('/?user=a', { autoPong: false })
  await once(client, 'close')
  await untilConnected(0)
})
