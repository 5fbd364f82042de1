import { HoldfastError, messageOf } from '../model/errors.ts'
import type { AuditResult } from '../model/system.ts'
import { type Acknowledged, inChunks } from './acks.ts'

const firstDelayMs = 500
const mostDelayMs = 5_000

/** Milliseconds of any origin, and a way to wait for them to pass; `sleep` returns early when the signal aborts. */
export interface ReadClock {
  now: () => number
  sleep: (ms: number, signal: AbortSignal) => Promise<unknown>
}

export interface ReadBackOptions {
  acknowledged: Acknowledged
  /** One read of these ids by the system's own audit. */
  ask: (ids: AsyncIterable<string[]>) => Promise<AuditResult>
  /** From the first read on: what is not there by then is lost. */
  withinMs: number
  clock: ReadClock
  signal: AbortSignal
}

export interface ReadBack {
  /** Writes that were looked for; never more than were handed to the audit. */
  checked: number
  /** Acknowledged writes that were still missing in a read that began at the deadline, or later. */
  lost: string[]
  /** Writes that the first read did not find, and a later one did. */
  lateCount: number
  /** Time from the first read to the one that found the last late write; null when none was late. */
  latestMs: number | null
  /** Ids that the audit called lost, although this run has no such acknowledged write. */
  unknownCount: number
  duplicates: number | null
}

/**
 * Reads back every acknowledged write, and what is missing again and again until it is there or the time is over: a
 * read model that lags and an answer in pages look like a loss at first.
 * @throws when a read fails, or when what was missing could not be asked for again by the deadline
 */
export const readBack = async (options: ReadBackOptions): Promise<ReadBack> => {
  const { acknowledged, ask, withinMs, clock, signal } = options
  const startedMs = clock.now()
  const first = await counted(ask, acknowledged.chunks())
  const named = new Set(first.lost)
  let missing = [...named].filter(acknowledged.has)
  const result: ReadBack = {
    checked: Math.min(first.checked, first.asked),
    lost: missing,
    lateCount: 0,
    latestMs: null,
    unknownCount: named.size - missing.length,
    duplicates: first.duplicates,
  }
  // A read counts by its beginning: the last one begins at the deadline.
  let beganMs = startedMs
  let delayMs = firstDelayMs
  let trouble: string | null = null
  while (missing.length > 0 && beganMs - startedMs < withinMs) {
    await clock.sleep(Math.min(delayMs, Math.max(0, startedMs + withinMs - clock.now())), signal)
    signal.throwIfAborted()
    delayMs = Math.min(mostDelayMs, delayMs * 2)
    beganMs = clock.now()
    const again = await askAgain(ask, missing)
    trouble = again.trouble
    if (again.trouble !== null) continue
    const found = missing.length - again.missing.length
    if (found > 0) {
      result.lateCount += found
      result.latestMs = beganMs - startedMs
      // Another page, or the next second of a lag, is there soon.
      delayMs = firstDelayMs
    }
    missing = again.missing
    result.duplicates = more(result.duplicates, again.duplicates)
  }
  if (trouble !== null) throw new HoldfastError(`writes that the first read did not find: ${trouble}`)
  return { ...result, lost: missing }
}

type Ask = ReadBackOptions['ask']

/** What is still missing of these; where that is not known, why. */
const askAgain = async (
  ask: Ask,
  ids: string[],
): Promise<{ trouble: null; missing: string[]; duplicates: number | null } | { trouble: string }> => {
  try {
    const { asked, checked, lost, duplicates } = await counted(ask, inChunks(ids))
    if (Math.min(asked, checked) < ids.length) return { trouble: `${checked} of ${ids.length} were looked for again` }
    const named = new Set(lost)
    return { trouble: null, missing: ids.filter((id) => named.has(id)), duplicates }
  } catch (error) {
    return { trouble: messageOf(error) }
  }
}

/** One read, and how many ids it took. @throws when the audit's answer has another shape than it must have. */
const counted = async (ask: Ask, chunks: Iterable<string[]>): Promise<AuditResult & { asked: number }> => {
  let asked = 0
  async function* handedOut() {
    for (const chunk of chunks) {
      asked += chunk.length
      yield chunk
    }
  }
  const { lost, checked, duplicates } = await ask(handedOut())
  const isCount = (value: unknown) => Number.isSafeInteger(value) && Number(value) >= 0
  if (!Array.isArray(lost) || !lost.every((id) => typeof id === 'string') || !isCount(checked))
    throw new HoldfastError('the audit returned an invalid answer', {
      hint: 'It must hold lost (ids) and checked (a count).',
    })
  if (duplicates !== null && !isCount(duplicates))
    throw new HoldfastError(`the audit's duplicates are no count: ${String(duplicates)}`, {
      hint: 'Write null where the system cannot tell.',
    })
  return { lost, checked, duplicates, asked }
}

/** The system counts them since it began, so a later count is no smaller; one that can't be seen is not zero. */
const more = (before: number | null, now: number | null): number | null =>
  before === null || now === null ? before || now || null : Math.max(before, now)
