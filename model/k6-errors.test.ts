import { expect, it } from 'vitest'
import { failureName } from './k6-errors.ts'

it.each([
  [1310, 'x509: unknown authority', 'certificate is not trusted: unknown authority'],
  [1311, "x509: certificate doesn't match hostname", 'certificate is not of this host'],
  [1301, 'tls: first record does not look like a TLS handshake', 'the server does not speak TLS'],
  [
    1000,
    'x509: certificate has expired or is not yet valid: current time 2026-12-01T03:15:52Z is after 2021-01-01T00:00:00Z',
    'certificate has expired or is not valid yet',
  ],
  [1000, 'x509: negative serial number', 'certificate is not valid: negative serial number'],
  [1000, 'remote error: tls: handshake failure', 'TLS fails: handshake failure'],
  [1300, 'something', 'TLS fails (k6 error 1300)'],
  [1000, 'Get "https://127.0.0.1:1/": EOF', 'connection closed'],
  [1000, 'odd', 'k6 error 1000'],
  [1630, 'http2: stream error', 'HTTP/2 fails (k6 error 1630)'],
])('%d %s is "%s"', (code, error, name) => {
  expect(failureName(code, error)).toBe(name)
})
