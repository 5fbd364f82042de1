import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { HoldfastError } from '../model/errors.ts'
import { makeNotifier } from './notify.ts'

let received: { type: string | undefined; body: string }[] = []
let answer: (path: string) => { status: number; location?: string } = () => ({ status: 200 })
const server = createServer((request, response) => {
  let body = ''
  request.on('data', (chunk) => (body += chunk))
  request.on('end', () => {
    received.push({ type: request.headers['content-type'], body })
    const { status, location } = answer(request.url ?? '')
    response.writeHead(status, location === undefined ? {} : { location }).end('ok')
  })
})
const warnings: string[] = []
const notifier = (path = '/services/secret-token') =>
  makeNotifier({ HOLDFAST_NOTIFY_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}` }, (text) =>
    warnings.push(text),
  )

beforeEach(() => new Promise<void>((up) => server.listen(0, '127.0.0.1', up)))
afterEach(async () => {
  received = []
  warnings.length = 0
  answer = () => ({ status: 200 })
  await new Promise((down) => {
    server.close(down)
    server.closeAllConnections()
  })
})

test('messages arrive in their order, as JSON', async () => {
  const { send, sent } = notifier()
  for (const text of ['one', 'two', 'three']) send({ text })
  await sent()
  expect(received.map(({ body }) => JSON.parse(body))).toEqual([{ text: 'one' }, { text: 'two' }, { text: 'three' }])
  expect(received[0]?.type).toBe('application/json')
  expect(warnings).toEqual([])
})

test.each([
  ['an error', { status: 500 }, /HTTP 500/],
  ['a redirect', { status: 302, location: '/elsewhere' }, /./],
])('%s is a warning that names the host and not the token, and the next one is sent', async (_what, reply, message) => {
  answer = () => reply
  const { send, sent } = notifier()
  send({ text: 'one' })
  await sent()
  answer = () => ({ status: 200 })
  send({ text: 'two' })
  await sent()
  expect(warnings).toHaveLength(1)
  expect(warnings[0]).toMatch(message)
  expect(warnings[0]).toContain('127.0.0.1:')
  expect(warnings[0]).not.toContain('secret-token')
  expect(received.map(({ body }) => JSON.parse(body).text)).toEqual(['one', 'two'])
})

test('a server that is not there is a warning', async () => {
  const { send, sent } = makeNotifier({ HOLDFAST_NOTIFY_URL: 'http://127.0.0.1:1/token' }, (text) =>
    warnings.push(text),
  )
  send({ text: 'one' })
  await sent()
  expect(warnings).toHaveLength(1)
  expect(warnings[0]).not.toContain('token')
})

test('without an address nothing is sent; a wrong one is refused without being shown', async () => {
  const { send, sent } = makeNotifier({}, (text) => warnings.push(text))
  send({ text: 'one' })
  await sent()
  expect(received).toEqual([])
  const wrong = () => makeNotifier({ HOLDFAST_NOTIFY_URL: 'ftp://x/secret' }, () => {})
  expect(wrong).toThrow(HoldfastError)
  expect(wrong).not.toThrow(/secret/)
})
