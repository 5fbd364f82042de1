import { writeFileSync } from 'node:fs'
import { setGlobalProxyFromEnv } from 'node:http'
import { join } from 'node:path'
import { getCACertificates } from 'node:tls'
import { forwardProxies, proxyAddress, proxyFor } from '../chaos/drivers/forward-proxies.ts'
import { HoldfastError } from '../model/errors.ts'
import { makeFolders } from './folders.ts'

type Env = Record<string, string | undefined>

let restore: (() => void) | null = null

/**
 * From now on this process reaches the world through the HTTP proxies of the environment, as k6 does; loopback never.
 * @param addresses what is asked: Node reads NO_PROXY by other rules, so it is told which of these go past a proxy
 * @throws HoldfastError when one of them is to be reached through a proxy that cannot be used.
 */
export const useForwardProxies = (env: Env, addresses: string[] = []): void => {
  const proxies = forwardProxies(env)
  const direct: string[] = []
  for (const address of addresses) {
    const proxy = proxyFor(address, proxies)
    if (proxy === null) direct.push(new URL(address).host)
    else if (!isHttp(proxy)) throw otherProxy(address, proxy)
  }
  restore?.()
  restore = null
  const http = { HTTP_PROXY: httpProxy(proxies.http), HTTPS_PROXY: httpProxy(proxies.https) }
  const named = Object.fromEntries(Object.entries(http).filter(([, address]) => address !== undefined))
  if (Object.keys(named).length === 0) return
  const listed = proxies.noProxy.flatMap((entry) => (/^[.*]/.test(entry) ? [entry] : [entry, `.${entry}`]))
  const noProxy = ['localhost', '127.0.0.1', '::1', '[::1]', ...listed, ...direct]
  restore = setGlobalProxyFromEnv({ ...named, NO_PROXY: noProxy.join(',') })
}

const isHttp = ({ protocol }: URL): boolean => protocol === 'http:' || protocol === 'https:'

const httpProxy = (text: string | null): string | undefined => {
  const proxy = proxyAddress(text)
  return proxy !== null && isHttp(proxy) ? proxy.href : undefined
}

const otherProxy = (address: string, { protocol }: URL): HoldfastError =>
  new HoldfastError(
    `the proxy settings name a ${protocol.slice(0, -1)} proxy for ${new URL(address).host}, which is not supported`,
    {
      hint: 'Only http and https proxies can be used; NO_PROXY names hosts that need none.',
    },
  )

/**
 * Environment with which k6 reaches the world as this process does: it trusts the same authorities, which Go reads from
 * a file in the place of its own, and uses the same proxies.
 * @param folder gets the file; it must stay while k6 runs
 */
export const k6Network = (env: Env, folder: string): Record<string, string> => {
  const { http, https, noProxy } = forwardProxies(env)
  const file = join(folder, 'authorities.pem')
  makeFolders(folder, 0o700)
  writeFileSync(file, `${getCACertificates('default').join('\n')}\n`, { mode: 0o600 })
  return {
    SSL_CERT_FILE: file,
    SSL_CERT_DIR: join(folder, 'none'),
    ...(http !== null && { HTTP_PROXY: http }),
    ...(https !== null && { HTTPS_PROXY: https }),
    ...(noProxy.length > 0 && { NO_PROXY: noProxy.join(',') }),
  }
}

/** What is to be said of a load that goes through a proxy; null where it does not. */
export const throughProxyText = (baseUrl: string, env: Env): string | null => {
  const proxy = proxyFor(baseUrl, forwardProxies(env))
  return proxy === null
    ? null
    : `${new URL(baseUrl).host} is reached through the proxy ${proxy.host}, which is part of what is measured`
}
