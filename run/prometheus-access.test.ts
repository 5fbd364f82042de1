import { describe, expect, it } from 'vitest'
import { prometheusHeaders, withoutHeaders } from './prometheus-access.ts'

describe('headers for Prometheus', () => {
  it('hold a token, or a user with a password, and the own ones', () => {
    expect(prometheusHeaders({})).toEqual({})
    expect(prometheusHeaders({ HOLDFAST_PROMETHEUS_TOKEN: 'abc\n' })).toEqual({ authorization: 'Bearer abc' })
    expect(prometheusHeaders({ HOLDFAST_PROMETHEUS_USER: 'me', HOLDFAST_PROMETHEUS_PASSWORD: 'a:b' })).toEqual({
      authorization: 'Basic bWU6YTpi',
    })
    expect(
      prometheusHeaders({
        HOLDFAST_PROMETHEUS_TOKEN: 'abc',
        HOLDFAST_PROMETHEUS_HEADERS: 'X-Scope-OrgID: shop|eu\n\n  X-Other :  a: b  \n',
      }),
    ).toEqual({ 'x-scope-orgid': 'shop|eu', 'x-other': 'a: b', authorization: 'Bearer abc' })
  })

  it.each([
    [{ TOKEN: 's3cret', USER: 'me', PASSWORD: 's3cret' }, 'are both set'],
    [{ USER: 'me' }, 'go together'],
    [{ PASSWORD: 's3cret' }, 'go together'],
    [{ USER: 'me:too', PASSWORD: 's3cret' }, 'a colon'],
    [{ HEADERS: 'X-A: 1\ns3cret' }, 'line 2 is not a valid header'],
    [{ HEADERS: 'Authorization: s3cret', TOKEN: 's3cret' }, 'names Authorization'],
  ])('%j is refused, without what is secret', (given, words) => {
    const env = Object.fromEntries(Object.entries(given).map(([name, value]) => [`HOLDFAST_PROMETHEUS_${name}`, value]))
    expect(() => prometheusHeaders(env)).toThrow(words)
    expect(() => prometheusHeaders(env)).not.toThrow('s3cret')
  })

  it('are struck out of what servers repeat, names of tenants excepted', () => {
    const headers = { authorization: 'Basic bWU6YTpi', 'x-scope-orgid': 'production', 'x-api-key': 'abcdefgh' }
    expect(withoutHeaders('Basic bWU6YTpi of production, bWU6YTpi, abcdefgh', headers)).toBe(
      '*** of production, ***, ***',
    )
  })
})
