import type { AuditContext, AuditResult } from '../../model/system.ts'
import { retry } from './backoff.ts'
import { isTransient, ResponseError } from './http-client.ts'

/** Of ids in an address, encoded and with commas: some servers and firewalls take no query longer than 2,000. */
const mostIdCharacters = 1_800

/** The answers of a server to an address, a header or a body that is too long for it. */
const tooLong: ReadonlySet<number> = new Set([413, 414, 431])

export interface AuditOptions {
  /** Those of the ids that are there, as far as one answer holds them: a page of them will do. */
  find: (ids: string[]) => Promise<Iterable<string>>
  /** Effects that happened more than once; absent where it can't be seen. */
  countDuplicates?: () => Promise<number>
}

/**
 * Asks for every id, in pieces that fit into an address; one that is not there is lost. What an answer does not hold is
 * asked for again as long as each answer brings some of it (an answer in pages), and in smaller pieces when the server
 * refuses an address as too long. An id that one answer holds twice is a duplicate.
 */
export const auditIds = async (
  { acknowledged }: Pick<AuditContext, 'acknowledged'>,
  { find, countDuplicates }: AuditOptions,
): Promise<AuditResult> => {
  const lost: string[] = []
  let checked = 0
  let twice = 0
  const missingOf = async (asked: string[]): Promise<string[]> => {
    const answer = [...(await find(asked))]
    const found = new Set(answer)
    const missing = asked.filter((id) => !found.has(id))
    const wanted = new Set(asked)
    twice += answer.filter((id) => wanted.has(id)).length - (wanted.size - missing.length)
    return missing
  }
  for await (const ids of acknowledged) {
    for (const piece of pieces(ids)) {
      lost.push(...(await whileItBringsSome(piece, missingOf)))
      checked += piece.length
    }
  }
  const counted = countDuplicates ? await countDuplicates() : null
  return { lost, checked, duplicates: twice === 0 ? counted : Math.max(twice, counted ?? 0) }
}

type MissingOf = (ids: string[]) => Promise<string[]>

const whileItBringsSome = async (ids: string[], missingOf: MissingOf): Promise<string[]> => {
  let missing = await inSmallerPieces(ids, missingOf)
  for (let before = ids.length; missing.length > 0 && missing.length < before; ) {
    before = missing.length
    missing = await inSmallerPieces(missing, missingOf)
  }
  return missing
}

const inSmallerPieces = async (ids: string[], missingOf: MissingOf): Promise<string[]> => {
  try {
    return await missingOf(ids)
  } catch (error) {
    if (ids.length < 2 || !(error instanceof ResponseError && tooLong.has(error.status))) throw error
    const half = Math.ceil(ids.length / 2)
    const first = await inSmallerPieces(ids.slice(0, half), missingOf)
    return [...first, ...(await inSmallerPieces(ids.slice(half), missingOf))]
  }
}

/** Cuts a list of ids so that each piece fits into an address. */
export function* pieces(ids: string[]): Generator<string[]> {
  let piece: string[] = []
  let characters = 0
  for (const id of ids) {
    const own = encodeURIComponent(id).length + 1
    if (piece.length > 0 && characters + own > mostIdCharacters) {
      yield piece
      piece = []
      characters = 0
    }
    piece.push(id)
    characters += own
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
        throw new ResponseError(new URL(url).origin + new URL(url).pathname, response.status)
      }
      return (await response.json()) as T
    },
    { retries: 4, firstDelayMs: 500, maxDelayMs: 4000, signal, retriable: isTransient },
  )
