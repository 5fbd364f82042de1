import { setTimeout as sleep } from 'node:timers/promises'

export interface BackoffOptions {
  /** Tries after the first one. */
  retries: number
  firstDelayMs: number
  maxDelayMs: number
  /** False: give up at once. */
  retriable?: (error: unknown) => boolean
  signal?: AbortSignal
  wait?: (ms: number, signal?: AbortSignal) => Promise<unknown>
  random?: () => number
}

/** Delay before retry number `attempt` (0 = the first): doubles up to the maximum, with up to 20 % taken off at random. */
export const backoffDelayMs = (
  attempt: number,
  { firstDelayMs, maxDelayMs }: Pick<BackoffOptions, 'firstDelayMs' | 'maxDelayMs'>,
  random: () => number = Math.random,
): number => Math.min(maxDelayMs, firstDelayMs * 2 ** Math.min(attempt, 30)) * (1 - 0.2 * random())

const waitFor = (ms: number, signal?: AbortSignal) => sleep(ms, undefined, signal ? { signal } : {})

/** Calls until it succeeds or the retries are used up; throws the last error. */
export const retry = async <T>(call: (attempt: number) => Promise<T>, options: BackoffOptions): Promise<T> => {
  const { retries, retriable = () => true, signal, wait = waitFor, random } = options
  for (let attempt = 0; ; attempt++) {
    try {
      return await call(attempt)
    } catch (error) {
      if (attempt >= retries || signal?.aborted || !retriable(error)) throw error
      await wait(backoffDelayMs(attempt, options, random), signal)
    }
  }
}
