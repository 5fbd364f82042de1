import { createServer, request, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type ForwardProxy, startForwardProxy } from '../test/fixtures/forward-proxy.ts'
import { throughProxyText, useForwardProxies } from './network.ts'

let site: Server
let proxy: ForwardProxy
let siteUrl = ''

beforeEach(async () => {
  site = createServer((_, response) => response.end('site'))
  await new Promise<void>((listening) => site.listen(0, '127.0.0.1', listening))
  const { port } = site.address() as AddressInfo
  siteUrl = `http://127.0.0.1:${port}/`
  proxy = await startForwardProxy(port)
})

afterEach(async () => {
  useForwardProxies({})
  await proxy.close()
  site.closeAllConnections()
  await new Promise((closed) => site.close(closed))
})

const get = (url: string): Promise<number> =>
  new Promise((resolve, reject) => {
    const asked = request(url, { agent: undefined }, (response) => {
      response.resume()
      response.on('end', () => resolve(response.statusCode ?? 0))
    })
    asked.on('error', reject)
    asked.end()
  })

describe('proxies of the environment', () => {
  it('lead to other machines, never to this one', async () => {
    useForwardProxies({ HTTP_PROXY: proxy.url, https_proxy: proxy.url })
    expect(await (await fetch(siteUrl)).text()).toBe('site')
    expect(await get(siteUrl)).toBe(200)
    expect(await get(siteUrl.replace('127.0.0.1', 'localhost'))).toBe(200)
    expect(proxy.seen).toEqual([])
    expect(await (await fetch('http://shop.invalid/x')).text()).toBe('site')
    expect(await get('http://shop.invalid/x')).toBe(200)
    expect(proxy.seen).toEqual(['CONNECT shop.invalid:80', 'GET http://shop.invalid/x'])
  })

  it('are not used for what NO_PROXY lists, by the rules of k6', async () => {
    const direct = ['http://a.in.invalid/', 'http://10.1.2.3:1/']
    useForwardProxies({ HTTP_PROXY: proxy.url, NO_PROXY: 'in.invalid,10.0.0.0/8' }, direct)
    await expect(get('http://a.in.invalid/')).rejects.toThrow('ENOTFOUND')
    await expect(fetch('http://in.invalid/')).rejects.toThrow()
    expect(proxy.seen).toEqual([])
    await get('http://out.invalid/')
    expect(proxy.seen).toEqual(['GET http://out.invalid/'])
  })

  it('of another kind are refused for what is to be asked, and only there', () => {
    const env = { HTTP_PROXY: 'socks5://me:s3cret@host:1080' }
    expect(() => useForwardProxies(env, [siteUrl])).not.toThrow()
    expect(() => useForwardProxies(env, ['http://shop.invalid'])).toThrow(
      /^the proxy settings name a socks5 proxy for shop\.invalid, which is not supported$/,
    )
  })

  it('are told where the load goes through one, without a password', () => {
    const env = { HTTP_PROXY: 'http://me:s3cret@proxy.invalid:3128' }
    expect(throughProxyText('http://shop.invalid', env)).toBe(
      'shop.invalid is reached through the proxy proxy.invalid:3128, which is part of what is measured',
    )
    expect(throughProxyText(siteUrl, env)).toBeNull()
  })
})
