import { createServer as createHttpServer } from 'node:http'
import { createServer, type Server } from 'node:net'
import { afterEach, expect, it } from 'vitest'
import { exitCodes } from '../model/exit-codes.ts'
import { checkReachable, checkReadable } from './preflight.ts'

let server: Server
afterEach(async () => {
  await new Promise((closed) => server.close(closed))
})

const listen = async (): Promise<number> => {
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}

it('is satisfied by any HTTP answer', async () => {
  server = createHttpServer((_request, response) => response.writeHead(503).end('x'.repeat(1e6)))
  await checkReachable(`http://127.0.0.1:${await listen()}/base`)
})

it('tells of a redirect to another place, which the load does not follow', async () => {
  let location = '/login'
  server = createHttpServer((_request, response) => response.writeHead(302, { location }).end())
  const url = `http://127.0.0.1:${await listen()}/`
  expect(await checkReachable(url)).toBeNull()
  location = 'https://shop.example.com/'
  expect(await checkReachable(url)).toContain(
    'redirects to https://shop.example.com, and requests of the load follow no',
  )
})

it('says what only the final read cannot reach', async () => {
  server = createHttpServer((_request, response) => response.end())
  await checkReadable(`http://127.0.0.1:${await listen()}/`)
  // A port that fetch refuses, as browsers do.
  await expect(checkReadable('http://127.0.0.1:6000/')).rejects.toThrow(
    /^the final read cannot reach http:\/\/127\.0\.0\.1:6000\/: bad port$/,
  )
})

it('says that nobody listens', async () => {
  server = createServer()
  const port = await listen()
  await new Promise((closed) => server.close(closed))
  server = createServer().listen(0)
  await expect(checkReachable(`http://127.0.0.1:${port}`)).rejects.toMatchObject({
    message: `nothing answers at http://127.0.0.1:${port}: connection refused`,
    exitCode: exitCodes.badUsage,
  })
})

it('says that a host is not found', async () => {
  server = createServer().listen(0)
  // Too long a label for DNS: no resolver is asked.
  await expect(checkReachable(`http://${'x'.repeat(64)}.invalid`)).rejects.toThrow('host not found')
})

it.each([
  ['nothing at all', '', 'http', 100, 'no answer in 0.1 s (timeout)'],
  ['something else', 'SSH-2.0-x\r\n', 'http', 5_000, 'the server does not speak HTTP'],
  ['HTTP where TLS was meant', 'HTTP/1.1 400 Bad Request\r\n\r\n', 'https', 5_000, 'the server does not speak TLS'],
])('says what is wrong with %s', async (_what, words, scheme, deadlineMs, reason) => {
  const open = new Set<{ destroy: () => void }>()
  server = createServer((socket) => {
    open.add(socket)
    socket.on('error', () => {})
    socket.resume()
    if (words !== '') socket.write(words)
  })
  const url = `${scheme}://127.0.0.1:${await listen()}`
  await expect(checkReachable(url, undefined, deadlineMs)).rejects.toThrow(reason)
  for (const socket of open) socket.destroy()
})
