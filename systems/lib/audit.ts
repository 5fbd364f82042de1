import type { AuditContext, AuditResult } from '../../model/system.ts'
import { retry } from './backoff.ts'
import { isTransient, ResponseError } from './http-client.ts'
import { pause } from './pause.ts'

/** Most servers and proxies take an address of 8,000 characters. */
const maxIdCharacters = 6000

export interface AuditOptions {
  /** Those of the ids that are there. */
  find: (ids: string[]) => Promise<Iterable<string>>
  /** Effects that happened more than once; absent where it can't be seen. */
  countDuplicates?: () => Promise<number>
}

/** Asks for every acknowledged write, in pieces that fit into an address; one that is not there is lost. */
export const auditIds = async (
  { acknowledged }: Pick<AuditContext, 'acknowledged'>,
  { find, countDuplicates }: AuditOptions,
): Promise<AuditResult> => {
  const lost: string[] = []
  let checked = 0
  for await (const ids of acknowledged) {
    for (const piece of pieces(ids)) {
      const found = new Set(await find(piece))
      lost.push(...piece.filter((id) => !found.has(id)))
      checked += piece.length
    }
  }
  return { lost, checked, duplicates: countDuplicates ? await countDuplicates() : null }
}

/** What is there of some ids, and whether more of them is still on its way. */
export interface Progress {
  found: string[]
  isWaiting: boolean
}

/** Asks again while something is on its way, until the time since this call is over. */
export const patiently = (
  ask: (ids: string[]) => Promise<Progress>,
  patienceMs: number,
  signal: AbortSignal,
): AuditOptions['find'] => {
  const giveUpAt = performance.now() + patienceMs
  return async (ids) => {
    let now = await ask(ids)
    while (now.isWaiting && performance.now() < giveUpAt && !signal.aborted) {
      await pause(500, signal)
      now = await ask(ids)
    }
    return now.found
  }
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

/** JSON of an address, with some patience: after a recovery the system may still answer 503 for a moment. */
export const getJson = <T>(url: string, signal: AbortSignal, headers: Record<string, string> = {}): Promise<T> =>
  retry(
    async () => {
      const response = await fetch(url, { headers, signal: AbortSignal.any([signal, AbortSignal.timeout(5000)]) })
      if (!response.ok) {
        await response.body?.cancel()
        throw new ResponseError(url.slice(0, 200), response.status)
      }
      return (await response.json()) as T
    },
    { retries: 4, firstDelayMs: 500, maxDelayMs: 4000, signal, retriable: isTransient },
  )
