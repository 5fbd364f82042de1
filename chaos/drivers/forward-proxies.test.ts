import { describe, expect, it } from 'vitest'
import { forwardProxies, proxyFor } from './forward-proxies.ts'

const through = (address: string, env: Record<string, string>): string | null =>
  proxyFor(address, forwardProxies(env))?.host ?? null

describe('an address', () => {
  const env = { HTTP_PROXY: 'http://me:s3cret@plain:3128', https_proxy: 'secure:3129' }

  it('is reached through the proxy of its scheme, in upper or lower case, with or without http://', () => {
    expect(through('http://shop.example.com/x', env)).toBe('plain:3128')
    expect(through('https://shop.example.com', env)).toBe('secure:3129')
    expect(
      through('https://shop.example.com', { HTTP_PROXY: 'http://plain:3128', ALL_PROXY: 'http://all:1' }),
    ).toBeNull()
  })

  it.each(['http://localhost:8080', 'http://127.0.0.1', 'http://127.8.8.8:80', 'https://[::1]:8443'])(
    '%s is never reached through a proxy',
    (address) => {
      expect(through(address, env)).toBeNull()
    },
  )

  it.each([
    ['example.com', 'http://example.com', true],
    ['example.com', 'http://shop.example.com', true],
    ['example.com', 'http://badexample.com', false],
    ['.example.com', 'http://shop.example.com', true],
    ['.example.com', 'http://example.com', false],
    ['*.example.com', 'http://shop.example.com', true],
    ['EXAMPLE.com:8080', 'http://example.com:8080', true],
    ['example.com:8080', 'http://example.com', false],
    ['example.com:443', 'https://example.com', true],
    ['*', 'http://example.com', true],
    ['10.0.0.0/8', 'http://10.1.2.3', true],
    ['10.0.0.0/8', 'http://11.1.2.3', false],
    ['10.0.0.0/8', 'http://example.com', false],
    ['fd00::/8', 'http://[fd12::1]:80', true],
    ['fd12::1', 'http://[fd12::1]:80', true],
    ['10.1.2.3:81', 'http://10.1.2.3:81', true],
    ['a.example, b.example c.example', 'http://c.example', true],
  ])('NO_PROXY=%s and %s', (NO_PROXY, address, isDirect) => {
    expect(through(address, { ...env, HTTPS_PROXY: 'http://plain:3128', NO_PROXY })).toBe(
      isDirect ? null : 'plain:3128',
    )
  })
})

it('what is no proxy is refused, not repeated', () => {
  const env = { HTTP_PROXY: 'http://me:s3cret@host:99999' }
  expect(() => through('http://a.example', env)).toThrow(/^HTTP_PROXY is not the address of a proxy$/)
  expect(through('http://localhost', env)).toBeNull()
})
