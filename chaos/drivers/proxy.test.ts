import { once } from 'node:events'
import { createServer } from 'node:http'
import { type AddressInfo, createServer as createTcpServer, type Server } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import type { DriverContext } from './driver.ts'
import { proxyDriver } from './proxy.ts'

const servers: Server[] = []
afterEach(() => {
  for (const server of servers.splice(0)) server.close()
})
const listening = async (server: Server): Promise<number> => {
  servers.push(server.listen(0, '127.0.0.1'))
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}
/** As a proxy without toxics whose other end can't be reached: it accepts, and no more. */
const silent = () => createTcpServer((socket) => socket.destroy())
const answering = () => createServer((_, response) => response.end())

/** What is said of a fault whose toxic is gone, on a link that does not answer. */
const removed = async (others: string[], upstream: Server) => {
  const toxics = JSON.stringify(others.map((name) => ({ name })))
  const apiPort = await listening(createServer((_, response) => response.end(toxics)))
  const ends = { listenPort: await listening(silent()), upstreamPort: await listening(upstream) }
  const context = {
    proxyApiUrl: `http://127.0.0.1:${apiPort}`,
    proxyServerRuns: () => true,
    proxy: () => ({ name: 'a-b', from: 'a', to: 'b', protocol: 'http', ...ends }),
  } as unknown as DriverContext
  const slow = { name: 'slow', type: 'latency' as const, stream: 'downstream' as const, attributes: { latency: 1 } }
  return await proxyDriver({ driver: 'proxy', proxy: 'a-b', toxics: [slow] }, context).confirmRemoved?.()
}

test('a link whose other end is down is silent for that reason', async () => {
  expect(await removed([], silent())).toEqual({
    ok: true,
    text: 'a-b: no toxic of this fault left; new connection connection closed; without the proxy connection closed',
  })
})

test('a link on which another fault has a toxic is silent for that reason', async () => {
  expect(await removed(['cut'], answering())).toMatchObject({
    ok: true,
    text: expect.stringMatching(/with toxic cut of another fault$/),
  })
})

test('a link that is silent although its other end answers is not proven healed', async () => {
  expect(await removed([], answering())).toMatchObject({
    ok: false,
    text: expect.stringMatching(/; without the proxy answered in \d+ ms$/),
  })
}, 20_000)
