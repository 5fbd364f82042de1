import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type Server } from 'node:http'
import { resolve } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { resolveTools } from '../../build/toolchain.ts'
import type { DriverContext } from '../../chaos/drivers/driver.ts'
import { exchangeOnce } from '../../chaos/drivers/exchange.ts'
import { proxyDriver } from '../../chaos/drivers/proxy.ts'
import { readyEvidence } from '../../chaos/drivers/ready.ts'
import { onLoopback, Toxiproxy } from '../../chaos/drivers/toxiproxy.ts'
import { lookUntil } from '../../chaos/drivers/wait.ts'
import type { Toxic } from '../../model/fault.ts'
import type { ProxySpec } from '../../model/system.ts'
import { reservePorts } from '../../run/ports.ts'

let toxiproxy: ChildProcess
let server: Server
let spec: ProxySpec
let api: Toxiproxy

beforeAll(async () => {
  const port = await reservePorts(3)
  spec = { name: 'a-b', from: 'a', to: 'b', listenPort: port('listen'), upstreamPort: port('up'), protocol: 'http' }
  const apiUrl = `http://127.0.0.1:${port('api')}`
  api = new Toxiproxy(apiUrl)
  const { toxiproxyServer } = resolveTools(resolve(import.meta.dirname, '../..'))
  toxiproxy = spawn(toxiproxyServer, ['-host', '127.0.0.1', '-port', String(port('api'))], { stdio: 'ignore' })
  server = createServer((_, response) => response.end('ok')).listen(spec.upstreamPort, '127.0.0.1')
  await once(server, 'listening')
  const ready = await lookUntil(() => readyEvidence({ kind: 'http', url: `${apiUrl}/version` }, 'toxiproxy'), {
    deadlineMs: 10_000,
  })
  expect(ready.ok, ready.text).toBe(true)
})
afterAll(async () => {
  server.closeAllConnections()
  server.close()
  if (toxiproxy.exitCode === null && toxiproxy.signalCode === null) {
    toxiproxy.kill('SIGKILL')
    await once(toxiproxy, 'exit')
  }
})
beforeEach(() => api.createProxies([onLoopback(spec)]))

const context = (more: Partial<DriverContext> = {}): DriverContext =>
  ({ proxyApiUrl: api.apiUrl, proxyServerRuns: () => true, proxy: () => spec, ...more }) as unknown as DriverContext

const toxic = (name: string, type: Toxic['type'], stream: Toxic['stream'], attributes: Toxic['attributes']): Toxic => ({
  name,
  type,
  stream,
  attributes,
})
const driver = (toxics: Toxic[], more: Partial<DriverContext> = {}) =>
  proxyDriver({ driver: 'proxy', proxy: 'a-b', toxics }, context(more))
const answers = async () => (await exchangeOnce(spec.listenPort, 'http', 3_000)).answered

test('a toxic that Toxiproxy refuses is an error with its words; the one before it goes with the undo', async () => {
  const fault = driver([
    toxic('slow', 'latency', 'downstream', { latency: 50, jitter: 0 }),
    toxic('bad', 'nonsense' as never, 'downstream', {}),
  ])
  await fault.prepare?.()
  await expect(fault.inject()).rejects.toThrow(/^Toxiproxy refused POST \/proxies\/a-b\/toxics: HTTP 400/)
  expect(await api.toxicNames('a-b')).toEqual(['slow'])
  await fault.undo?.()
  await fault.undo?.()
  expect(await fault.confirmRemoved?.()).toMatchObject({ ok: true })
  expect(await api.toxicNames('a-b')).toEqual([])
})

test('a toxic that somebody removes before it is looked at is not active', async () => {
  const fault = driver([toxic('slow', 'latency', 'downstream', { latency: 50, jitter: 0 })])
  await fault.prepare?.()
  await fault.inject()
  await api.removeToxic('a-b', 'slow')
  expect(await fault.confirmActive()).toEqual({ ok: false, text: 'a-b: toxic slow is not there' })
  await fault.undo?.()
})

test('a link whose other end is down accepts and does not answer: connecting proves nothing', async () => {
  const lonely = { ...spec, name: 'c-d', listenPort: (await reservePorts(1))('c-d'), upstreamPort: 1 }
  await api.createProxies([onLoopback(lonely)])
  expect(await exchangeOnce(lonely.listenPort, 'http', 500)).toMatchObject({ answered: false })
})

test('a toxic that is gone is removed, also where the other end is down: the evidence says so', async () => {
  const lonely = { ...spec, name: 'c-d', listenPort: (await reservePorts(1))('c-d'), upstreamPort: 1 }
  await api.createProxies([onLoopback(lonely)])
  const slow = toxic('slow', 'latency', 'downstream', { latency: 50, jitter: 0 })
  const fault = driver([slow], { proxy: () => lonely })
  await fault.inject()
  await fault.undo?.()
  expect(await fault.confirmRemoved?.()).toMatchObject({
    ok: true,
    text: expect.stringMatching(/^c-d: no toxic of this fault left; .*; without the proxy connect ECONNREFUSED/),
  })
})

test('a toxic that is gone is removed, also where that of another fault keeps the link silent', async () => {
  await api.addToxic('a-b', toxic('other', 'timeout', 'downstream', { timeout: 0 }))
  const fault = driver([toxic('slow', 'latency', 'downstream', { latency: 50, jitter: 0 })])
  await fault.inject()
  await fault.undo?.()
  expect(await fault.confirmRemoved?.()).toMatchObject({
    ok: true,
    text: expect.stringMatching(/toxic other of another fault$/),
  })
  await api.removeToxic('a-b', 'other')
})

test.each([
  ['latency', [toxic('f', 'latency', 'downstream', { latency: 150, jitter: 0 })]],
  ['partition', [toxic('d', 'bandwidth', 'downstream', { rate: 0 }), toxic('u', 'bandwidth', 'upstream', { rate: 0 })]],
  ['unanswered', [toxic('f', 'timeout', 'downstream', { timeout: 0 })]],
  ['connectionReset', [toxic('f', 'reset_peer', 'downstream', { timeout: 0 })]],
] as [string, Toxic[]][])('%s is felt on open and on new connections, and gone after the undo', async (_, toxics) => {
  const fault = driver(toxics)
  await fault.prepare?.()
  await fault.inject()
  const active = await fault.confirmActive()
  expect(active, active.text).toMatchObject({
    ok: true,
    text: expect.stringMatching(/open connection .*; new connection /),
  })
  await fault.undo?.()
  const removed = await fault.confirmRemoved?.()
  expect(removed, removed?.text).toMatchObject({ ok: true })
  expect(await answers()).toBe(true)
})

test('a server that does not answer is an error that names the call; one that has ended took its toxics along', async () => {
  const fault = driver([toxic('f', 'latency', 'downstream', { latency: 50, jitter: 0 })], {
    proxyServerRuns: () => false,
  })
  await fault.inject()
  toxiproxy.kill('SIGKILL')
  await once(toxiproxy, 'exit')
  await fault.undo?.()
  expect(await fault.confirmRemoved?.()).toEqual({ ok: true, text: 'a-b: Toxiproxy has ended, and its toxics with it' })
  await expect(api.toxicNames('a-b')).rejects.toThrow(/^Toxiproxy did not answer GET \/proxies\/a-b\/toxics: /)
})
