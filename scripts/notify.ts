import { HoldfastError } from '../model/errors.ts'
import type { Notification } from '../reports/notification.ts'
import { connectionError } from '../run/connection-error.ts'

const variable = 'HOLDFAST_NOTIFY_URL'
const timeoutMs = 5_000

export interface Notifier {
  /** Sends in the background, one after another; a message that can't be sent is a warning, never an error. */
  send: (notification: Notification) => void
  /** Resolves when the last one has been sent or given up. */
  sent: () => Promise<void>
}

/**
 * Tells a Slack-compatible webhook what happens, if the environment names one. The address holds a
 * token, so it is no option (options go into the record) and is never printed: warnings name its host.
 * @throws HoldfastError when it is no http or https address.
 */
export const makeNotifier = (env: Record<string, string | undefined>, onWarning: (text: string) => void): Notifier => {
  const address = env[variable]
  if (!address) return { send: () => {}, sent: async () => {} }
  const url = URL.parse(address)
  if (!url || !['http:', 'https:'].includes(url.protocol)) {
    throw new HoldfastError(`${variable} is not an http or https address`, {
      hint: 'Give the address of an incoming webhook, or unset it.',
    })
  }
  let last = Promise.resolve()
  return {
    send: (notification) => {
      last = last
        .then(() => post(url, notification))
        .catch((error: unknown) => {
          onWarning(`${url.host} did not take a notification: ${connectionError(error)}`)
        })
    },
    sent: () => last,
  }
}

const post = async (url: URL, notification: Notification): Promise<void> => {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(notification),
    // A redirect could carry the message to somebody else.
    redirect: 'error',
    signal: AbortSignal.timeout(timeoutMs),
  })
  await response.body?.cancel()
  if (!response.ok) throw new Error(`HTTP ${response.status}`)
}
