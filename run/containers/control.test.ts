import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import Dockerode from 'dockerode'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { dockerDriver } from '../../chaos/drivers/docker.ts'
import type { DriverContext } from '../../chaos/drivers/driver.ts'
import { controlOf } from './control.ts'

/** An engine's answer to every call. */
let status: number
const server = createServer((_request, response) => {
  response.writeHead(status, { 'content-type': 'application/json' }).end('{"message":"No such container: shop-db"}')
})
beforeEach(async () => new Promise<void>((done) => server.listen(0, '127.0.0.1', done)))
afterEach(() => {
  server.closeAllConnections()
  server.close()
})

const { signal } = new AbortController()
const faultOn = (action: 'hold' | 'freeze' | 'isolate' | 'cpu' | 'memory') => {
  const docker = new Dockerode({ host: '127.0.0.1', port: (server.address() as AddressInfo).port })
  const place = { network: 'shop', alias: 'db', address: '10.0.0.2' }
  const container = controlOf(docker, 'shop-db', 'shop-db', place)
  const context = { container: () => container } as unknown as DriverContext
  const target = { driver: 'docker', instance: 'db' } as const
  if (action === 'cpu') return dockerDriver({ ...target, action, cpus: 1 }, context)
  if (action === 'memory') return dockerDriver({ ...target, action, bytes: 2 ** 20 }, context)
  return dockerDriver({ ...target, action }, context)
}

test.each(['hold', 'freeze', 'isolate', 'cpu', 'memory'] as const)(
  '%s of a container that its engine does not know any more has ended; an engine that fails tells nothing',
  async (action) => {
    status = 404
    const gone = { ok: false, text: 'shop-db is not there any more' }
    expect(await faultOn(action).stillActive?.(signal)).toEqual(gone)
    status = 500
    await expect(faultOn(action).stillActive?.(signal)).rejects.toThrow('500')
  },
)
