import { expect, test } from 'vitest'
import type { System } from '../model/system.ts'
import { redactor, secretNames } from './secrets.ts'

test('every occurrence of every secret goes, also one that holds another', () => {
  const redact = redactor({ A: 'secret-1', B: 'secret-12', C: 'innocent' }, ['A', 'B'])
  expect(redact('x secret-1 y secret-1 secret-12 innocent')).toBe('x *** y *** *** innocent')
})

test('a secret with the signs of a pattern is text', () => {
  expect(redactor({ A: '$&.*(x)' }, ['A'])('a $&.*(x) b')).toBe('a *** b')
})

test('missing, empty and short values hit no innocent text', () => {
  const redact = redactor({ A: undefined, B: '', C: 'yes' }, ['A', 'B', 'C', 'D'])
  expect(redact('yes, all of it')).toBe('yes, all of it')
})

test('a secret is found as it stands in JSON and in an address, too', () => {
  const redact = redactor({ A: 'p"ss/wörd' }, ['A'])
  expect(redact(`body=${JSON.stringify('p"ss/wörd')}`)).toBe('body="***"')
  expect(redact(`url=?t=${encodeURIComponent('p"ss/wörd')}`)).toBe('url=?t=***')
})

test.each([
  ['header', { HOLDFAST_PROMETHEUS_HEADERS: 'X-Key: abcdefgh\nAuthorization: Bearer tok-123' }, 'abcdefgh, tok-123'],
  ['password', { HOLDFAST_PROMETHEUS_USER: 'me', HOLDFAST_PROMETHEUS_PASSWORD: 'a:b' }, 'bWU6YTpi'],
  ['proxy', { https_proxy: 'http://me:p%40ssword@proxy:3128' }, 'p%40ssword, p@ssword, me:p@ssword'],
  ['proxy without a scheme', { HTTP_PROXY: 'me:p@ssword@proxy:3128' }, 'p%40ssword, bWU6cEBzc3dvcmQ='],
  ['token of a proxy', { ALL_PROXY: 'socks5://token-1@proxy:1080' }, 'token-1'],
])('what is secret in a variable goes by itself: of a %s', (_what, env, words) => {
  const redact = redactor(env, secretNames({ secretEnv: [] } as unknown as System))
  expect(redact(words)).toBe(
    words
      .split(', ')
      .map(() => '***')
      .join(', '),
  )
})

test('tenants and addresses of proxies are no secrets', () => {
  const env = {
    HOLDFAST_PROMETHEUS_HEADERS: 'X-Scope-OrgID: shop-eu\nX-A: abcdefgh',
    HTTP_PROXY: 'http://proxy.test:3128',
  }
  const redact = redactor(env, secretNames({ secretEnv: [] } as unknown as System))
  expect(redact('shop-eu at proxy.test:3128')).toBe('shop-eu at proxy.test:3128')
})
