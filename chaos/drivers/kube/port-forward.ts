import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import type { PortForward } from '@kubernetes/client-node'
import { HoldfastError, messageOf } from '../../../model/errors.ts'
import type { ServicePort } from '../../../model/system.ts'
import { hasStatus } from './api.ts'
import { type Cluster, clusterError } from './connect.ts'

interface Service {
  spec?: {
    selector?: Record<string, string>
    ports?: { name?: string; port: number; targetPort?: number | string }[]
  }
}

interface Pods {
  items: {
    metadata: { name: string; deletionTimestamp?: string }
    spec?: { containers?: { ports?: { name?: string; containerPort: number }[] }[] }
    status?: { conditions?: { type: string; status: string }[] }
  }[]
}

interface Backend {
  pod: string
  port: number
}

/** The list of ready pods is asked for again after this time, when a connection comes. */
const knownForMs = 500
/** The same where it is doubtful: no pod was ready, or one did not answer. An outage must not become the API server's. */
const doubtfulForMs = 100

/**
 * A Service of the cluster on a port of 127.0.0.1. As behind a Service, every connection goes to one of its ready
 * pods, by turns; it ends with its pod, and the next one goes to another.
 */
export class ServiceForward {
  #cluster: Cluster
  #to: ServicePort
  #forward: PortForward
  #server: Server
  #sockets = new Set<Socket>()
  #backends: Backend[] = []
  #asking: Promise<Backend[]> | null = null
  #askedAtMs = 0
  #isDoubtful = false
  #turn = 0
  /** Why the last connection found no pod; null while all is well. */
  trouble: string | null = null

  private constructor(cluster: Cluster, to: ServicePort, forward: PortForward) {
    this.#cluster = cluster
    this.#to = to
    this.#forward = forward
    this.#server = createServer({ allowHalfOpen: false }, (socket) => void this.#connect(socket))
  }

  /** Port of 127.0.0.1; the system chose a free one. */
  get port(): number {
    return (this.#server.address() as AddressInfo).port
  }

  /** @throws HoldfastError when there is no such Service, no such port, or no ready pod. */
  static async open(cluster: Cluster, to: ServicePort): Promise<ServiceForward> {
    const { PortForward } = await import('@kubernetes/client-node')
    const forward = new ServiceForward(cluster, to, new PortForward(cluster.api.config))
    if ((await forward.#readyBackends()).length === 0) {
      throw new HoldfastError(`the Service ${to.service} in ${cluster.ref.namespace} has no ready pod`, {
        hint: `Look at them with: kubectl -n ${cluster.ref.namespace} get pods`,
      })
    }
    await new Promise<void>((resolve, reject) => {
      forward.#server.once('error', reject)
      forward.#server.listen(0, '127.0.0.1', () => resolve())
    })
    return forward
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await new Promise<void>((resolve) => this.#server.close(() => resolve()))
  }

  async #connect(socket: Socket): Promise<void> {
    this.#sockets.add(socket)
    socket.on('close', () => this.#sockets.delete(socket))
    socket.on('error', () => {}) // the other side went away; both ends are closed below
    try {
      const backends = await this.#readyBackends()
      const backend = backends[this.#turn++ % Math.max(1, backends.length)]
      if (backend === undefined) throw new Error(`${this.#to.service} has no ready pod`)
      const { namespace } = this.#cluster.ref
      const tunnel = await this.#forward.portForward(namespace, backend.pod, [backend.port], socket, null, socket)
      if (typeof tunnel === 'function') throw new Error('a tunnel that is opened again by itself was not asked for')
      tunnel.onclose = () => socket.destroy()
      tunnel.onerror = () => socket.destroy()
      socket.on('close', () => tunnel.close())
      if (socket.destroyed) tunnel.close()
      this.trouble = null
    } catch (error) {
      this.trouble = messageOf(error)
      this.#isDoubtful = true
      socket.destroy()
    }
  }

  /** Connections that come together share one answer. */
  async #readyBackends(): Promise<Backend[]> {
    if (Date.now() - this.#askedAtMs < (this.#isDoubtful ? doubtfulForMs : knownForMs)) return this.#backends
    this.#asking ??= this.#ask().finally(() => {
      this.#asking = null
      this.#askedAtMs = Date.now()
      this.#isDoubtful = this.#backends.length === 0
    })
    return await this.#asking
  }

  async #ask(): Promise<Backend[]> {
    const { namespace } = this.#cluster.ref
    const { service, port } = this.#to
    try {
      const { spec } = await this.#cluster.api.get<Service>(`/api/v1/namespaces/${namespace}/services/${service}`)
      const offered = spec?.ports?.find((one) => one.port === port)
      const labelSelector = Object.entries(spec?.selector ?? {})
        .map(([key, value]) => `${key}=${value}`)
        .join(',')
      if (!offered || labelSelector === '') {
        throw new HoldfastError(`the Service ${service} in ${namespace} has no port ${port}, or selects no pods`, {
          hint: `Look at it with: kubectl -n ${namespace} get service ${service} -o yaml`,
        })
      }
      const { items } = await this.#cluster.api.get<Pods>(`/api/v1/namespaces/${namespace}/pods`, { labelSelector })
      this.#backends = items.filter(isReady).flatMap((pod) => backendOf(pod, offered.targetPort ?? port))
      return this.#backends
    } catch (cause) {
      if (hasStatus(cause, 404)) {
        throw new HoldfastError(`there is no Service ${service} in the namespace ${namespace}`, {
          hint: 'Deploy the system there, or give its address with --base-url.',
          cause,
        })
      }
      throw clusterError(`the Service ${service} can't be looked at`, this.#cluster, cause)
    }
  }
}

const isReady = ({ metadata, status }: Pods['items'][number]): boolean =>
  metadata.deletionTimestamp === undefined &&
  (status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false)

const backendOf = ({ metadata, spec }: Pods['items'][number], target: number | string): Backend[] => {
  const ports = (spec?.containers ?? []).flatMap((container) => container.ports ?? [])
  const port = typeof target === 'number' ? target : ports.find(({ name }) => name === target)?.containerPort
  return port === undefined ? [] : [{ pod: metadata.name, port }]
}
