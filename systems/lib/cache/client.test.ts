import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { makeLog } from '../log.ts'
import { Cache } from './client.ts'

let server: Server
let asked: string[]
let stored: Map<string, string>
let answering = true

beforeEach(async () => {
  asked = []
  stored = new Map()
  answering = true
  server = createServer((request, response) => {
    const key = request.url?.split(/[/?]/)[2] ?? ''
    asked.push(`${request.method} ${key}`)
    if (!answering) return
    if (request.method === 'DELETE') stored.delete(key)
    if (request.method !== 'PUT') return response.writeHead(stored.has(key) ? 200 : 404).end(stored.get(key))
    request.on('data', (piece) => stored.set(key, `${stored.get(key) ?? ''}${piece}`))
    request.on('end', () => response.writeHead(204).end())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})
afterEach(() => {
  server.closeAllConnections()
  server.close()
})

/** @param timeoutMs short only where the server says nothing: a busy machine may take a while to answer */
const makeCache = ({ required = false, timeoutMs = 20_000 } = {}) =>
  new Cache({
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    timeoutMs,
    ttlMs: 1000,
    required,
    log: makeLog('test', () => undefined),
  })

test('asks the source once, then the cache, until it is told to forget', async () => {
  const cache = makeCache()
  let loads = 0
  const load = async () => `loaded ${++loads}`
  expect(await cache.read('a', load)).toBe('loaded 1')
  await expect.poll(() => stored.get('a')).toBe('loaded 1')
  expect(await cache.read('a', load)).toBe('loaded 1')
  await cache.forget('a')
  expect(await cache.read('a', load)).toBe('loaded 2')
})

test('what is not there is not kept', async () => {
  const cache = makeCache()
  expect(await cache.read('a', async () => null)).toBeNull()
  expect(asked).toEqual(['GET a'])
})

test('a cache that says nothing costs the first few reads a moment, and then nothing', async () => {
  answering = false
  const cache = makeCache({ timeoutMs: 50 })
  for (let i = 0; i < 10; i++) expect(await cache.read('a', async () => 'source')).toBe('source')
  // On a busy machine the time of a call may be over before the server has read it.
  expect(asked.length).toBeLessThanOrEqual(3)
  // It would answer now, but nobody asks any more.
  answering = true
  stored.set('a', 'stored')
  expect(await cache.read('a', async () => 'source')).toBe('source')
})

test('the weakness: without the cache there is no answer', async () => {
  answering = false
  await expect(makeCache({ required: true, timeoutMs: 50 }).read('a', async () => 'source')).rejects.toThrow(
    'cache is unavailable',
  )
})

test("the source's own error is not hidden", async () => {
  const failing = async () => {
    throw new Error('no database')
  }
  await expect(makeCache().read('a', failing)).rejects.toThrow('no database')
})
