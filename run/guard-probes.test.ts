import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test, vi } from 'vitest'
import { GuardProbes, type ProbeGuard } from './guard-probes.ts'

const open: { close: () => void }[] = []
afterEach(() => {
  for (const { close } of open.splice(0)) close()
})

/** Starts asking, and waits for what the probe says first. */
const firstAnswer = async (guard: ProbeGuard, wanted: RegExp | null): Promise<void> => {
  const probes = new GuardProbes([guard])
  open.push({ close: () => probes.stop() })
  expect(probes.failure(guard)).toBeNull()
  probes.start()
  if (wanted !== null) await vi.waitFor(() => expect(probes.failure(guard)).toMatch(wanted), 5_000)
}

const serve = (status: number): Promise<{ url: string; asked: Promise<void> }> =>
  new Promise((resolve) => {
    let told = () => {}
    const asked = new Promise<void>((done) => {
      told = done
    })
    const server: Server = createServer((_request, response) => {
      response.writeHead(status).end()
      told()
    })
    open.push({ close: () => server.close() })
    server.listen(0, '127.0.0.1', () =>
      resolve({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, asked }),
    )
  })

test('an address that answers otherwise than expected fails, by its status', async () => {
  const { url } = await serve(503)
  await firstAnswer({ kind: 'http', url, for: 0 }, /HTTP 503/)
  await firstAnswer({ kind: 'http', url, expect: 200, for: 0 }, /HTTP 503/)
})

test('an address that answers as expected does not fail', async () => {
  const { url, asked } = await serve(503)
  const guard: ProbeGuard = { kind: 'http', url, expect: 503, for: 0 }
  await firstAnswer(guard, null)
  await asked
})

test('nobody listens: a failure', () => firstAnswer({ kind: 'http', url: 'http://127.0.0.1:9/', for: 0 }, /./))

test('a program that ends with another code, or is not there, fails', async () => {
  await firstAnswer({ kind: 'command', argv: ['false'], for: 0 }, /exit 1/)
  await firstAnswer({ kind: 'command', argv: ['/no/such/program'], for: 0 }, /./)
})

test('after stop nothing is known and nothing is asked', async () => {
  const guard: ProbeGuard = { kind: 'command', argv: ['false'], for: 0 }
  const probes = new GuardProbes([guard])
  probes.start()
  await vi.waitFor(() => expect(probes.failure(guard)).not.toBeNull(), 5_000)
  probes.stop()
  expect(probes.failure(guard)).toBeNull()
})
