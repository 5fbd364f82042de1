import { expect, it } from 'vitest'
import { HoldfastError } from '../model/errors.ts'
import { connectionError } from './connection-error.ts'

const coded = (code: string, message = ''): Error => Object.assign(new Error(message), { code })

it.each([
  [new TypeError('fetch failed', { cause: coded('ECONNREFUSED') }), 'connection refused'],
  [new TypeError('fetch failed', { cause: new Error('bad port') }), 'bad port'],
  [coded('CERT_HAS_EXPIRED', 'certificate has expired'), 'certificate has expired'],
  [coded('SELF_SIGNED_CERT_IN_CHAIN'), 'certificate is not trusted: unknown authority (name it with --ca-file)'],
  [coded('ENOTFOUND', 'getaddrinfo ENOTFOUND shop.invalid'), 'host not found'],
  [coded('EAI_AGAIN', 'getaddrinfo EAI_AGAIN shop.invalid'), 'temporary DNS failure'],
  [coded('EPROTO', 'write EPROTO 40:error: wrong version number:'), 'the server does not speak TLS'],
  [coded('ERR_SSL_X', 'bad handshake\nat 1'), 'TLS fails (bad handshake)'],
  [coded('EODD'), 'EODD'],
  [new HoldfastError('said by us', { cause: coded('ECONNREFUSED') }), 'said by us'],
  ['text', 'text'],
])('%s is "%s"', (error, words) => {
  expect(connectionError(error)).toBe(words)
})
