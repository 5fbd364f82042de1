import { globalAgent as http } from 'node:http'
import { globalAgent as https } from 'node:https'

/**
 * What is waited for, unless the signal ends first: then its reason is thrown. Connections to the engine are cut with
 * it, as one that hangs would keep the process alive.
 */
export const within = async <T>(signal: AbortSignal, waiting: Promise<T>): Promise<T> => {
  const ended = Promise.withResolvers<never>()
  const end = () => {
    for (const agent of [http, https]) agent.destroy()
    ended.reject(signal.reason)
  }
  if (signal.aborted) end()
  signal.addEventListener('abort', end, { once: true })
  try {
    return await Promise.race([waiting, ended.promise])
  } finally {
    signal.removeEventListener('abort', end)
  }
}
