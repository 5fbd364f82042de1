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
