/** Name of a failure that is up to the machine k6 runs on, not to the system. */
export const untrustedCertificate = 'certificate is not trusted: unknown authority'

/**
 * A name for a request that k6 got no answer to: the same for equal failures, so without addresses, ports and times.
 * @param code k6's `error_code`
 * @param error k6's text for it
 */
export const failureName = (code: number, error: string): string => {
  if (names[code] !== undefined) return names[code]
  if (/EOF$/.test(error)) return 'connection closed'
  if (/^x509: certificate has expired or is not yet valid/.test(error))
    return 'certificate has expired or is not valid yet'
  const tls = /(?:x509|tls): ([a-z][a-z ]{3,60})/i.exec(error)?.[1]?.trim()
  if (tls !== undefined) return `${error.startsWith('x509') ? 'certificate is not valid' : 'TLS fails'}: ${tls}`
  const group = Object.entries(groups).find(([first]) => code >= Number(first) && code < Number(first) + 100)?.[1]
  return group === undefined ? `k6 error ${code}` : `${group} (k6 error ${code})`
}

/** https://grafana.com/docs/k6/latest/javascript-api/error-codes */
const names: Record<number, string> = {
  1020: 'invalid address',
  1050: 'timeout',
  1101: 'no such host',
  1201: 'broken pipe',
  1210: 'dial failed',
  1211: 'dial timeout',
  1212: 'connection refused',
  1213: 'dial failed',
  1220: 'connection reset',
  1301: 'the server does not speak TLS',
  1310: untrustedCertificate,
  1311: 'certificate is not of this host',
}

const groups: Record<number, string> = {
  1100: 'name not resolved',
  1200: 'connection fails',
  1300: 'TLS fails',
  1600: 'HTTP/2 fails',
}
