import { createConnection, createServer } from 'node:net'
import { Hono } from 'hono'
import { expect, test } from 'vitest'
import { listen } from './service.ts'

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number }
      probe.close(() => resolve(port))
    })
  })

test('closing waits for an answer under way, and not for the keep-alive of its connection', async () => {
  let answer = () => {}
  let asked = () => {}
  const wasAsked = new Promise<void>((resolve) => {
    asked = resolve
  })
  const app = new Hono().get('/', async (c) => {
    asked()
    await new Promise<void>((resolve) => {
      answer = resolve
    })
    return c.text('late')
  })
  const port = await freePort()
  const close = await listen(app, { host: '127.0.0.1', port })
  const client = createConnection({ host: '127.0.0.1', port })
  client.write('GET / HTTP/1.1\r\nhost: x\r\n\r\n')
  await wasAsked
  const closed = close()
  const replied = new Promise<string>((resolve) => client.once('data', (data) => resolve(String(data))))
  answer()
  expect(await replied).toContain('late')
  // Never resolves when the idle connection is left to the keep-alive; the test's own time-out ends it then.
  await closed
})
