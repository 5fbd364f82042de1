import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { ClusterAction } from '../../model/fault.ts'
import type { DriverContext } from './driver.ts'
import { KubeApi } from './kube/api.ts'
import { drainNode } from './kube/objects/drain.ts'
import { kubernetesDriver } from './kubernetes.ts'

/** The API server's answer to every call. */
let status: number
const server = createServer((_request, response) => {
  const body = { kind: 'Status', status: 'Failure', reason: 'NotFound', message: 'not found', code: status }
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body))
})
beforeEach(async () => new Promise<void>((done) => server.listen(0, '127.0.0.1', done)))
afterEach(() => {
  server.closeAllConnections()
  server.close()
})

const cluster = () => {
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const config = { applyToHTTPSOptions: async () => {} } as unknown as ConstructorParameters<typeof KubeApi>[0]
  const ref = { context: 'c', kubeconfig: [], namespace: 'shop', server: url }
  return { ref, api: new KubeApi(config, url) } as unknown as ReturnType<DriverContext['mesh']>['cluster']
}
const workload = { kind: 'Deployment', name: 'api' } as const
const drain = { action: 'drain', node: 'n1', timeoutMs: 1_000 } as const
const { signal } = new AbortController()

describe('what somebody has deleted while the fault was held', () => {
  test.each<[ClusterAction, string]>([
    [{ action: 'scale', workload, replicas: 1, timeoutMs: 1_000 }, 'Deployment api is not there any more'],
    [drain, 'Node n1 is not there any more'],
  ])('has ended the fault; an API server that fails tells nothing', async (action, text) => {
    const context = { mesh: () => ({ cluster: cluster(), run: 'r' }) } as unknown as DriverContext
    const fault = kubernetesDriver({ driver: 'kubernetes', namespace: 'shop', ...action }, context)
    status = 404
    expect(await fault.stillActive?.(signal)).toEqual({ ok: false, text })
    status = 500
    await expect(fault.stillActive?.(signal)).rejects.toThrow('not found')
  })

  test('takes its drain with it', async () => {
    status = 404
    expect(await drainNode(cluster(), drain).removed()).toEqual({ ok: true, text: 'node n1 is not there any more' })
  })
})
