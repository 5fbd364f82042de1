import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { HoldfastError } from '../model/errors.ts'
import { connectionError } from './connection-error.ts'

const answerDeadlineMs = 5_000

/**
 * Asks the address of a deployment once, before anything starts; any HTTP answer will do. A load
 * against nobody would only show that every request fails.
 * @param words how the error names the place, and what is to be done
 * @returns what is allowed and probably not meant, or null
 * @throws HoldfastError that says why there is no answer.
 */
export const checkReachable = async (
  baseUrl: string,
  words = { place: baseUrl, hint: 'Check --base-url, and that the deployment can be reached from here.' },
  deadlineMs = answerDeadlineMs,
): Promise<string | null> => {
  try {
    const to = await redirectOf(baseUrl, deadlineMs)
    if (to === null || to.origin === new URL(baseUrl).origin) return null
    return `${baseUrl} redirects to ${to.origin}, and requests of the load follow no redirects: is that the address?`
  } catch (cause) {
    const isLate = cause instanceof Error && cause.name === 'AbortError'
    const reason = isLate ? `no answer in ${deadlineMs / 1000} s (timeout)` : connectionError(cause)
    const isCertificate = reason.startsWith('certificate')
    throw new HoldfastError(`${isCertificate ? '' : 'nothing answers at '}${words.place}: ${reason}`, {
      hint: words.hint,
      cause,
    })
  }
}

/** Where the answer redirects to; null for every other answer. Not `fetch`, which refuses some ports by itself. */
const redirectOf = (baseUrl: string, deadlineMs: number): Promise<URL | null> =>
  new Promise((answered, failed) => {
    const signal = AbortSignal.timeout(deadlineMs)
    const send = new URL(baseUrl).protocol === 'https:' ? httpsRequest : httpRequest
    const request = send(baseUrl, { signal })
    request.on('response', (response) => {
      response.on('error', () => {}) // The head was the answer; the body is of no interest.
      const { statusCode = 0, headers } = response
      const isRedirect = statusCode >= 300 && statusCode < 400
      answered(isRedirect ? URL.parse(headers.location ?? '', baseUrl) : null)
      request.destroy()
    })
    request.on('error', failed)
    request.end()
  })

/**
 * Asks the same by `fetch`, as the final read of a system does: it refuses some ports, and asks an HTTP proxy for a tunnel.
 * @throws HoldfastError when the writes of a run could not be read back.
 */
export const checkReadable = async (baseUrl: string): Promise<void> => {
  try {
    const response = await fetch(baseUrl, { redirect: 'manual', signal: AbortSignal.timeout(answerDeadlineMs) })
    await response.body?.cancel()
  } catch (cause) {
    throw new HoldfastError(`the final read cannot reach ${baseUrl}: ${connectionError(cause)}`, {
      hint: 'k6 reaches it. A proxy that opens no tunnels to it, or a port that browsers refuse, is a likely cause.',
      cause,
    })
  }
}
