import { once } from 'node:events'
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { exchangeOnce, ProbeConnection } from './exchange.ts'

const servers: Server[] = []
const sockets: Socket[] = []
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy()
  for (const server of servers.splice(0)) server.close()
})

const serve = async (onConnection: (socket: Socket) => void): Promise<number> => {
  const server = createServer((socket) => {
    sockets.push(socket)
    socket.on('error', () => {})
    onConnection(socket)
  }).listen(0, '127.0.0.1')
  servers.push(server)
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}

const protocols = ['http', 'postgres', 'nats'] as const

describe.each(protocols)('%s', (protocol) => {
  test('a server that accepts and is silent has not answered', async () => {
    const port = await serve(() => {})
    expect(await exchangeOnce(port, protocol, 30)).toMatchObject({ answered: false, text: 'no answer in 30 ms' })
  })

  test('a reset, a close, and nobody at all have not answered', async () => {
    const resetting = await serve((socket) => socket.once('data', () => socket.resetAndDestroy()))
    expect(await exchangeOnce(resetting, protocol, 5_000)).toMatchObject({
      answered: false,
      text: expect.stringContaining('ECONNRESET'),
    })
    const closing = await serve((socket) => socket.end())
    expect(await exchangeOnce(closing, protocol, 5_000)).toMatchObject({ answered: false })
    servers.pop()?.close()
    expect(await exchangeOnce(closing, protocol, 5_000)).toMatchObject({ answered: false })
  })

  test('a server of another kind has not answered', async () => {
    const port = await serve((socket) => socket.once('data', () => socket.end('220 mail.example.test ESMTP\r\n')))
    expect(await exchangeOnce(port, protocol, 5_000)).toMatchObject({ answered: false, text: 'connection closed' })
  })
})

const answers = {
  http: 'HTTP/1.1 200 OK\r\ncontent-type: text/plain\r\ncontent-length: 2\r\n\r\n',
  postgres: 'N',
  nats: 'INFO {"server_id":"x"}\r\nPONG\r\n',
}

describe.each(protocols)('%s with a real answer', (protocol) => {
  test('is answered by the last of its bytes, each sent alone', async () => {
    const bytes = [...answers[protocol]]
    const port = await serve((socket) => {
      socket.setNoDelay(true)
      const next = () => {
        const byte = bytes.shift()
        if (byte !== undefined) socket.write(byte, () => setImmediate(next))
      }
      socket.once('data', next)
    })
    expect(await exchangeOnce(port, protocol, 5_000)).toMatchObject({ answered: true })
    expect(bytes).toEqual([])
  })

  test('is exchanged again on the same connection, and waits for a new answer', async () => {
    let silent = false
    const port = await serve((socket) => socket.on('data', () => silent || socket.write(answers[protocol])))
    const connection = new ProbeConnection(port, protocol)
    for (let round = 0; round < 3; round++) expect((await connection.exchange(5_000)).answered).toBe(true)
    silent = true
    expect((await connection.exchange(30)).answered).toBe(false)
    connection.close()
    expect(await connection.exchange(5_000)).toMatchObject({ answered: false, text: 'connection closed' })
  })
})

test('an answer without its end is none', async () => {
  for (const protocol of ['http', 'nats'] as const) {
    const port = await serve((socket) => socket.once('data', () => socket.end(answers[protocol].slice(0, -1))))
    expect(await exchangeOnce(port, protocol, 5_000)).toMatchObject({ answered: false, text: 'connection closed' })
  }
})
