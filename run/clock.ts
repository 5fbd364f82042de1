import { HoldfastError } from '../model/errors.ts'

/** How far the machine's time may be moved under a run. */
const allowedMs = 2000

/**
 * Tells when the machine's time is set, or the machine slept, for more than 2 s: from then on the times of the load and
 * of the faults are not those of one clock. Returns the function that stops looking.
 */
export const watchClock = (onSet: (error: HoldfastError) => void): (() => void) => {
  const difference = () => Date.now() - performance.now()
  const before = difference()
  const timer = setInterval(() => {
    const movedMs = difference() - before
    if (Math.abs(movedMs) <= allowedMs) return
    clearInterval(timer)
    const seconds = `${(Math.abs(movedMs) / 1000).toFixed(1)} s`
    onSet(
      new HoldfastError(`the machine's time went ${seconds} ${movedMs > 0 ? 'ahead' : 'back'} during the run`, {
        hint: 'Run it again when the clock is in step (NTP) and the machine stays awake.',
      }),
    )
  }, 1000)
  timer.unref()
  return () => clearInterval(timer)
}

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
