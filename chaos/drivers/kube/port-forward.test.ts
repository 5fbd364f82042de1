import { once } from 'node:events'
import { connect } from 'node:net'
import { KubeConfig } from '@kubernetes/client-node'
import { afterEach, describe, expect, it } from 'vitest'
import { ApiError } from './api.ts'
import type { Cluster } from './connect.ts'
import { ServiceForward } from './port-forward.ts'

const service = { spec: { selector: { app: 'api' }, ports: [{ port: 8080, targetPort: 'http' }] } }
const pod = (status: 'True' | 'False') => ({
  metadata: { name: 'api-1' },
  spec: { containers: [{ ports: [{ name: 'http', containerPort: 80 }] }] },
  status: { conditions: [{ type: 'Ready', status }] },
})

/** A cluster that answers with these, counts how often it was asked, and has no way to a pod. */
const clusterOf = (answers: { service: object | null; pods: object[] }) => {
  const asked = { services: 0 }
  const get = async (path: string) => {
    if (path.endsWith('/pods')) return { items: answers.pods }
    asked.services++
    if (answers.service === null) throw new ApiError(404, 'NotFound', 'not found')
    return answers.service
  }
  const api = { get, config: new KubeConfig() }
  return { asked, cluster: { ref: { namespace: 'shop' }, api } as unknown as Cluster }
}

let opened: ServiceForward | null = null
afterEach(async () => {
  await opened?.close()
  opened = null
})

const open = async (cluster: Cluster): Promise<number> => {
  opened = await ServiceForward.open(cluster, { service: 'api', port: 8080 })
  return opened.port
}

describe('a Service on a port of this machine', () => {
  it('is refused where there is no such Service, no such port, or no ready pod', async () => {
    const refusal = (answers: Parameters<typeof clusterOf>[0]) => open(clusterOf(answers).cluster)
    await expect(refusal({ service: null, pods: [] })).rejects.toThrow('there is no Service api in the namespace shop')
    await expect(refusal({ service: { spec: {} }, pods: [] })).rejects.toThrow('has no port 8080, or selects no pods')
    await expect(refusal({ service, pods: [pod('False')] })).rejects.toThrow('the Service api in shop has no ready pod')
  })

  it('asks the API server a few times a second, however many connections find no pod', async () => {
    const answers = { service, pods: [pod('True')] }
    const { asked, cluster } = clusterOf(answers)
    const port = await open(cluster)
    const startedAtMs = Date.now()
    answers.pods = []
    for (let round = 0; round < 5; round++) {
      const sockets = Array.from({ length: 40 }, () => connect(port, '127.0.0.1'))
      await Promise.all(sockets.map((socket) => once(socket.resume(), 'close')))
    }
    expect(opened?.trouble).not.toBeNull()
    const elapsedMs = Date.now() - startedAtMs
    expect(asked.services).toBeLessThanOrEqual(2 + elapsedMs / 100)
  })
})
