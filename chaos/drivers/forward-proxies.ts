import { BlockList, isIP } from 'node:net'
import { HoldfastError } from '../../model/errors.ts'

/** The proxies that the environment names, as written; null where it names none. */
export interface ForwardProxies {
  http: string | null
  https: string | null
  noProxy: string[]
}

type Env = Record<string, string | undefined>

/** HTTP_PROXY, HTTPS_PROXY and NO_PROXY, or the same in lower case. ALL_PROXY is not read: kubectl and k6 do not read it. */
export const forwardProxies = (env: Env): ForwardProxies => {
  const given = (name: string): string | undefined => env[name] || env[name.toLowerCase()] || undefined
  return {
    http: given('HTTP_PROXY') ?? null,
    https: given('HTTPS_PROXY') ?? null,
    noProxy: (given('NO_PROXY') ?? '').split(/[\s,]+/).filter((entry) => entry !== ''),
  }
}

/** The address of a proxy; `http://` may be left out. Null where it is none. */
export const proxyAddress = (text: string | null): URL | null =>
  text === null ? null : URL.parse(/^[a-z][a-z\d+.-]*:\/\//i.test(text) ? text : `http://${text}`)

/**
 * The proxy through which an address is reached, by the rules of Go, hence of kubectl and k6: never to loopback, and not
 * to what NO_PROXY lists (`*`, a domain with its subdomains, `.domain` for subdomains alone, an IP, a CIDR, each with a
 * port or without).
 * @throws HoldfastError when it is no address; it is not repeated, since it may hold a password.
 */
export const proxyFor = (address: string, { http, https, noProxy }: ForwardProxies): URL | null => {
  const url = new URL(address)
  const isSecure = url.protocol === 'https:'
  const text = isSecure ? https : http
  const host = url.hostname.toLowerCase().replace(/^\[|\]$/g, '')
  const port = url.port || (isSecure ? '443' : '80')
  if (text === null || isLoopback(host) || noProxy.some((entry) => covers(entry.toLowerCase(), host, port))) return null
  const proxy = proxyAddress(text)
  if (proxy !== null) return proxy
  throw new HoldfastError(`${isSecure ? 'HTTPS_PROXY' : 'HTTP_PROXY'} is not the address of a proxy`, {
    hint: 'For instance http://proxy.example.com:3128',
  })
}

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host)

const covers = (entry: string, host: string, port: string): boolean => {
  if (entry === '*') return true
  const family = isIP(host)
  const [network = '', bits] = entry.split('/')
  if (bits !== undefined) {
    if (family === 0 || isIP(network) !== family || !/^\d+$/.test(bits)) return false
    const list = new BlockList()
    const kind = family === 4 ? 'ipv4' : 'ipv6'
    list.addSubnet(network, Number(bits), kind)
    return list.check(host, kind)
  }
  const [, name = '', ofPort] = /^(.*?)(?::(\d+))?$/.exec(isIP(entry) === 6 ? `[${entry}]` : entry) ?? []
  if (ofPort !== undefined && ofPort !== port) return false
  const wanted = name.replace(/^\[|\]$/g, '').replace(/^\*(?=\.)/, '')
  if (family !== 0) return wanted === host
  return wanted.startsWith('.') ? host.endsWith(wanted) : host === wanted || host.endsWith(`.${wanted}`)
}
