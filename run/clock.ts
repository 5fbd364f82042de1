import { HoldfastError } from '../model/errors.ts'

/** How far the machine's time may be moved under a run. */
const allowedMs = 2000
/** As exact as recovery times are told. */
const toldMs = 100

/**
 * Tells when the machine's time is set, or the machine slept, for more than 2 s: from then on the times of the load and
 * of the faults are not those of one clock.
 * @returns stops looking, and says what moved the time by less than that, but more than is neglected; null for nothing
 */
export const watchClock = (onSet: (error: HoldfastError) => void): (() => string | null) => {
  const difference = () => Date.now() - performance.now()
  const before = difference()
  const moved = () => difference() - before
  let isTold = false
  const timer = setInterval(() => {
    if (Math.abs(moved()) <= allowedMs) return
    isTold = true
    clearInterval(timer)
    const hint = 'Run it again when the clock is in step (NTP) and the machine stays awake.'
    onSet(new HoldfastError(movedText(moved()), { hint }))
  }, 1000)
  timer.unref()
  return () => {
    clearInterval(timer)
    return isTold || Math.abs(moved()) < toldMs ? null : movedText(moved())
  }
}

const movedText = (ms: number): string =>
  `the machine's time went ${(Math.abs(ms) / 1000).toFixed(1)} s ${ms > 0 ? 'ahead' : 'back'} during the run`

/**
 * Resolves at a Unix time in ms, or as soon as the signal aborts (then `false`). Timers fire early
 * by up to a millisecond, so it looks at the clock again: at one that nobody sets, since a machine's time that is
 * set back must not hold a fault for longer.
 */
export const sleepUntil = (atMs: number, signal: AbortSignal): Promise<boolean> =>
  new Promise((resolve) => {
    const endMs = performance.now() + atMs - Date.now()
    let timer: NodeJS.Timeout
    const finish = (reached: boolean) => {
      clearTimeout(timer)
      signal.removeEventListener('abort', stop)
      resolve(reached)
    }
    const stop = () => finish(false)
    const arm = () => {
      const leftMs = endMs - performance.now()
      // setTimeout cannot wait longer than 2^31 ms.
      if (leftMs > 0) timer = setTimeout(arm, Math.min(leftMs, 2 ** 31 - 1))
      else finish(true)
    }
    if (signal.aborted) return resolve(false)
    signal.addEventListener('abort', stop)
    arm()
  })
