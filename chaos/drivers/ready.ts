import { messageOf } from '../../model/errors.ts'
import type { Readiness } from '../../model/system.ts'
import { exchangeOnce } from './exchange.ts'
import type { Evidence } from './wait.ts'

const timeoutMs = 2_000

/** Asks an instance itself whether it is ready, by exchanging data with it. Never throws. */
export const readyEvidence = async (readiness: Readiness, instance: string): Promise<Evidence> => {
  if (readiness.kind !== 'http') {
    const { answered, text } = await exchangeOnce(readiness.port, readiness.kind, timeoutMs)
    return { ok: answered, text: `${instance}: ${readiness.kind} ${text}` }
  }
  try {
    const response = await fetch(readiness.url, { signal: AbortSignal.timeout(timeoutMs) })
    await response.body?.cancel()
    return { ok: response.ok, text: `${instance}: HTTP ${response.status}` }
  } catch (error) {
    return { ok: false, text: `${instance}: ${messageOf(error)}` }
  }
}
