import { HoldfastError, messageOf } from '../../model/errors.ts'
import type { Toxic } from '../../model/fault.ts'
import type { ProxySpec } from '../../model/system.ts'

const timeoutMs = 3_000

/** A proxy as Toxiproxy takes it: addresses are those of the machine or container that it runs in. */
export interface ProxyAddresses {
  name: string
  listen: string
  upstream: string
}

/** The proxy of a link whose ends are processes of this machine. */
export const onLoopback = ({ name, listenPort, upstreamPort }: ProxySpec): ProxyAddresses => ({
  name,
  listen: `127.0.0.1:${listenPort}`,
  upstream: `127.0.0.1:${upstreamPort}`,
})

/** The few calls of Toxiproxy's HTTP API that we need. Errors name the call and what it answered. */
export class Toxiproxy {
  readonly apiUrl: string

  constructor(apiUrl: string) {
    this.apiUrl = apiUrl
  }

  async version(): Promise<string> {
    return await this.#call('GET', '/version')
  }

  async createProxies(proxies: ProxyAddresses[]): Promise<void> {
    await this.#call(
      'POST',
      '/populate',
      proxies.map((proxy) => ({ ...proxy, enabled: true })),
    )
  }

  async addToxic(proxy: string, toxic: Toxic): Promise<void> {
    await this.#call('POST', `/proxies/${encodeURIComponent(proxy)}/toxics`, { ...toxic, toxicity: 1 })
  }

  /** Removing a toxic that is not there is no error: an undo may come twice. */
  async removeToxic(proxy: string, name: string): Promise<void> {
    await this.#call(
      'DELETE',
      `/proxies/${encodeURIComponent(proxy)}/toxics/${encodeURIComponent(name)}`,
      undefined,
      [404],
    )
  }

  async toxicNames(proxy: string): Promise<string[]> {
    const toxics = JSON.parse(await this.#call('GET', `/proxies/${encodeURIComponent(proxy)}/toxics`)) as {
      name: string
    }[]
    return toxics.map(({ name }) => name)
  }

  async #call(method: string, path: string, body?: unknown, alsoFine: number[] = []): Promise<string> {
    let response: Response
    try {
      response = await fetch(this.apiUrl + path, {
        method,
        signal: AbortSignal.timeout(timeoutMs),
        ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
      })
    } catch (cause) {
      throw new HoldfastError(`Toxiproxy did not answer ${method} ${path}: ${messageOf(cause)}`, { cause })
    }
    const text = await response.text()
    if (!response.ok && !alsoFine.includes(response.status)) {
      throw new HoldfastError(`Toxiproxy refused ${method} ${path}: HTTP ${response.status} ${text.trim()}`)
    }
    return text
  }
}
