import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { processesWithEnvironment } from '../chaos/drivers/proc.ts'
import { GuardProbes, type ProbeGuard } from './guard-probes.ts'
import { marked } from './mark.ts'

const open: { close: () => void }[] = []
afterEach(() => {
  for (const { close } of open.splice(0)) close()
})

const start = (guard: ProbeGuard, env: NodeJS.ProcessEnv = process.env): GuardProbes => {
  const probes = new GuardProbes([guard], env)
  open.push({ close: () => probes.stop() })
  expect(probes.failure(guard)).toBeNull()
  probes.start()
  return probes
}

/** Starts asking, and waits for what the probe says is wrong. */
const firstFailure = async (guard: ProbeGuard, wanted: RegExp): Promise<void> => {
  const probes = start(guard)
  await expect.poll(() => probes.failure(guard)).toMatch(wanted)
}

/** `askedTwice` resolves with the second request: the answer to the first has been judged by then. */
const serve = (status: number): Promise<{ url: string; askedTwice: Promise<void> }> =>
  new Promise((resolve) => {
    let told = () => {}
    const askedTwice = new Promise<void>((done) => {
      told = done
    })
    let asked = 0
    const server: Server = createServer((_request, response) => {
      response.writeHead(status).end()
      asked++
      if (asked === 2) told()
    })
    open.push({ close: () => server.close() })
    server.listen(0, '127.0.0.1', () =>
      resolve({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, askedTwice }),
    )
  })

test('an address that answers otherwise than expected fails, by its status', async () => {
  const { url } = await serve(503)
  await firstFailure({ kind: 'http', url, for: 0 }, /HTTP 503/)
  await firstFailure({ kind: 'http', url, expect: 200, for: 0 }, /HTTP 503/)
})

test('an address that answers as expected does not fail', async () => {
  const { url, askedTwice } = await serve(503)
  const guard: ProbeGuard = { kind: 'http', url, expect: 503, for: 0 }
  const probes = start(guard)
  await askedTwice
  expect(probes.failure(guard)).toBeNull()
})

test('nobody listens: a failure', () => firstFailure({ kind: 'http', url: 'http://127.0.0.1:9/', for: 0 }, /./))

test('a program that ends with another code, or is not there, fails', async () => {
  await firstFailure({ kind: 'command', argv: ['false'], for: 0 }, /exit 1/)
  await firstFailure({ kind: 'command', argv: ['/no/such/program'], for: 0 }, /./)
})

test('a program has the environment that is given, so that it can be found after a killed run', async () => {
  const argv = ['sh', '-c', 'echo "$HOLDFAST_RUN" >&2; exit 1']
  const guard: ProbeGuard = { kind: 'command', argv, for: 0 }
  const probes = start(guard, marked(process.env, 'r1'))
  await expect.poll(() => probes.failure(guard)).toBe(`exit 1 r1:${process.pid}`)
})

test('after stop nothing is known and nothing is asked', async () => {
  const guard: ProbeGuard = { kind: 'command', argv: ['false'], for: 0 }
  const probes = start(guard)
  await expect.poll(() => probes.failure(guard)).not.toBeNull()
  probes.stop()
  expect(probes.failure(guard)).toBeNull()
})

test('a program that is asked is killed when the asking ends', async () => {
  const dir = mkdtempSync(join(tmpdir(), 'holdfast-guard-'))
  open.push({ close: () => rmSync(dir, { recursive: true }) })
  const running = () => processesWithEnvironment('HOLDFAST_TEST_GUARD', dir)
  const argv = ['sh', '-c', `sleep 4; touch ${dir}/lived`]
  const probes = start({ kind: 'command', argv, for: 0 }, { ...process.env, HOLDFAST_TEST_GUARD: dir })
  await expect.poll(() => running().length).toBe(2)
  probes.stop()
  await expect.poll(running).toEqual([])
  expect(existsSync(`${dir}/lived`)).toBe(false)
})
