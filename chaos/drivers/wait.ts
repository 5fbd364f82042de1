import { setTimeout as delay } from 'node:timers/promises'

/** Result of looking: what was seen, in words for the record. */
export interface Evidence {
  ok: boolean
  text: string
}

/**
 * Looks again every `everyMs` until `look` says ok or the deadline passes; the last evidence is
 * returned either way, so that a report can say what was seen instead.
 */
export const lookUntil = async (
  look: () => Promise<Evidence> | Evidence,
  options: { deadlineMs: number; everyMs?: number; signal?: AbortSignal | undefined },
): Promise<Evidence> => {
  const end = Date.now() + options.deadlineMs
  for (;;) {
    const evidence = await look()
    if (evidence.ok || Date.now() >= end || options.signal?.aborted) return evidence
    await delay(options.everyMs ?? 25)
  }
}
