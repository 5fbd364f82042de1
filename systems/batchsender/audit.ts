import type { AuditContext, AuditResult } from '../../model/system.ts'
import { retry } from '../lib/backoff.ts'
import { isTransient, ResponseError } from '../lib/http-client.ts'

/** Most servers and proxies take an address of 8,000 characters. */
const maxIdCharacters = 6000

/**
 * Asks for every acknowledged batch with `GET /batches?ids=`; one that is not there is lost. The
 * stand-in's provider says how many e-mails went out more than once; a real one does not.
 */
export const auditBatches = async (context: AuditContext): Promise<AuditResult> => {
  const { baseUrl, acknowledged, scenarioEnv, signal } = context
  const lost: string[] = []
  let checked = 0
  for await (const ids of acknowledged) {
    for (const piece of pieces(ids)) {
      const query = piece.map(encodeURIComponent).join(',')
      const { batches } = await getJson<{ batches: { id: string }[] }>(`${baseUrl}/batches?ids=${query}`, signal)
      const found = new Set(batches.map(({ id }) => id))
      lost.push(...piece.filter((id) => !found.has(id)))
      checked += piece.length
    }
  }
  const providerUrl = scenarioEnv.BATCHSENDER_PROVIDER_URL
  if (providerUrl === undefined) return { lost, checked, duplicates: null }
  const { duplicates } = await getJson<{ duplicates: number }>(`${providerUrl}/stats`, signal)
  return { lost, checked, duplicates }
}

/** Cuts a list of ids so that each piece fits into an address. */
export function* pieces(ids: string[]): Generator<string[]> {
  let piece: string[] = []
  let characters = 0
  for (const id of ids) {
    if (piece.length > 0 && characters + id.length + 1 > maxIdCharacters) {
      yield piece
      piece = []
      characters = 0
    }
    piece.push(id)
    characters += id.length + 1
  }
  if (piece.length > 0) yield piece
}

const getJson = <T>(url: string, signal: AbortSignal): Promise<T> =>
  retry(
    async () => {
      const response = await fetch(url, { signal: AbortSignal.any([signal, AbortSignal.timeout(5000)]) })
      if (!response.ok) {
        await response.body?.cancel()
        throw new ResponseError(url.slice(0, 200), response.status)
      }
      return (await response.json()) as T
    },
    { retries: 4, firstDelayMs: 500, maxDelayMs: 4000, signal, retriable: isTransient },
  )
