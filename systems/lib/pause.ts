import { setTimeout as sleep } from 'node:timers/promises'

/** Waits so long, or until the signal; never throws. */
export const pause = async (ms: number, signal: AbortSignal): Promise<void> => {
  await sleep(ms, undefined, { signal }).catch(() => undefined)
}
