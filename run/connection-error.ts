import { messageOf } from '../model/errors.ts'

/**
 * Why a request got no answer, in a few words. `fetch` says only that it failed: its cause knows why. Certificates are
 * named as k6's failures are (`model/k6-errors.ts`).
 */
export const connectionError = (error: unknown): string => {
  const inner = causeOf(error)
  const code = String((inner as NodeJS.ErrnoException).code ?? '')
  const named = names[code]
  if (named !== undefined) return named
  const message = messageOf(inner).trim().split('\n')[0] ?? ''
  if (/wrong version number|packet length too long/.test(message)) return 'the server does not speak TLS'
  if (/CERT|SSL|TLS|SIGNATURE|EPROTO/.test(code)) return `TLS fails (${message})`
  if (code.startsWith('HPE_')) return 'the server does not speak HTTP'
  return message || code || 'no connection'
}

const causeOf = (error: unknown): unknown => (error instanceof TypeError && error.cause ? causeOf(error.cause) : error)

const untrusted = 'certificate is not trusted: unknown authority (name it with --ca-file)'

const names: Record<string, string> = {
  ECONNREFUSED: 'connection refused',
  ECONNRESET: 'connection reset',
  ENOTFOUND: 'host not found',
  EAI_AGAIN: 'temporary DNS failure',
  UNABLE_TO_GET_ISSUER_CERT: untrusted,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: untrusted,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: untrusted,
  SELF_SIGNED_CERT_IN_CHAIN: untrusted,
  DEPTH_ZERO_SELF_SIGNED_CERT: untrusted,
  CERT_HAS_EXPIRED: 'certificate has expired',
  CERT_NOT_YET_VALID: 'certificate is not valid yet',
  ERR_TLS_CERT_ALTNAME_INVALID: 'certificate is not of this host',
}
