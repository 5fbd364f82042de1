import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import { getCACertificates } from 'node:tls'
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
    throw new HoldfastError(`nothing answers at ${words.place}: ${reason}`, { hint: words.hint, cause })
  }
}

/** Not `fetch`, which refuses some ports by itself. */
const ask = (baseUrl: string, deadlineMs: number): Promise<void> =>
  new Promise((answered, failed) => {
    const signal = AbortSignal.timeout(deadlineMs)
    const options = { agent: false, signal }
    // k6 trusts what the machine trusts; Node alone only what it was built with.
    const ca = () => [...getCACertificates('default'), ...getCACertificates('system')]
    const request =
      new URL(baseUrl).protocol === 'https:'
        ? httpsRequest(baseUrl, { ...options, ca: ca() })
        : httpRequest(baseUrl, options)
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
  if (/CERT|SSL|TLS|SIGNATURE|EPROTO/.test(code)) return `TLS fails (${error.message.trim().split('\n')[0]})`
  if (code.startsWith('HPE_')) return 'what answers there does not speak HTTP'
  return error.message === '' ? code : error.message
}
