import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { HoldfastError } from '../model/errors.ts'

const answerDeadlineMs = 5_000

/**
 * Asks the address of a deployment once, before anything starts; any HTTP answer will do. A load
 * against nobody would only show that every request fails.
 * @param words how the error names the place, and what is to be done
 * @throws HoldfastError that says why there is no answer.
 */
export const checkReachable = async (
  baseUrl: string,
  words = { place: baseUrl, hint: 'Check --base-url, and that the deployment can be reached from here.' },
  deadlineMs = answerDeadlineMs,
): Promise<void> => {
  try {
    await ask(baseUrl, deadlineMs)
  } catch (cause) {
    const reason = reasonOf(cause as NodeJS.ErrnoException, deadlineMs)
    const isCertificate = reason.startsWith('certificate')
    throw new HoldfastError(`${isCertificate ? '' : 'nothing answers at '}${words.place}: ${reason}`, {
      hint: words.hint,
      cause,
    })
  }
}

/** Not `fetch`, which refuses some ports by itself. */
const ask = (baseUrl: string, deadlineMs: number): Promise<void> =>
  new Promise((answered, failed) => {
    const signal = AbortSignal.timeout(deadlineMs)
    const send = new URL(baseUrl).protocol === 'https:' ? httpsRequest : httpRequest
    const request = send(baseUrl, { signal })
    request.on('response', (response) => {
      response.on('error', () => {}) // The head was the answer; the body is of no interest.
      answered()
      request.destroy()
    })
    request.on('error', failed)
    request.end()
  })

const reasonOf = (error: NodeJS.ErrnoException, deadlineMs: number): string => {
  const code = error.code ?? ''
  if (error.name === 'AbortError') return `no answer in ${deadlineMs / 1000} s (timeout)`
  if (code === 'ECONNREFUSED') return 'connection refused'
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return 'there is no such host'
  const certificate = certificates[code]
  if (certificate !== undefined) return certificate
  if (/CERT|SSL|TLS|SIGNATURE|EPROTO/.test(code)) return `TLS fails (${error.message.trim().split('\n')[0]})`
  if (code.startsWith('HPE_')) return 'what answers there does not speak HTTP'
  return error.message === '' ? code : error.message
}

/** As k6's failures are named (`model/k6-errors.ts`). */
const certificates: Record<string, string> = {
  ...Object.fromEntries(
    [
      'UNABLE_TO_GET_ISSUER_CERT',
      'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
      'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
      'SELF_SIGNED_CERT_IN_CHAIN',
      'DEPTH_ZERO_SELF_SIGNED_CERT',
    ].map((code) => [code, 'certificate is not trusted: unknown authority (name it with --ca-file)']),
  ),
  CERT_HAS_EXPIRED: 'certificate has expired',
  CERT_NOT_YET_VALID: 'certificate is not valid yet',
  ERR_TLS_CERT_ALTNAME_INVALID: 'certificate is not of this host',
}
