const notPaused = 'Ctrl-Z would leave faults without their guards, so it goes on; Ctrl-C ends it, faults first'

/**
 * Calls back once for the first of the signals that end a run; later ones change nothing, the undo has its time.
 * Ctrl-Z is not obeyed, only warned of: it would stop Holdfast alone, and what it has injected would go on unwatched.
 */
export const onSignals = (callback: (signal: string) => void, warn: (message: string) => void): (() => void) => {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  let called = false
  const handle = (signal: string) => {
    if (!called) callback(signal)
    called = true
  }
  const goOn = () => warn(notPaused)
  for (const signal of signals) process.on(signal, handle)
  process.on('SIGTSTP', goOn)
  return () => {
    for (const signal of signals) process.off(signal, handle)
    process.off('SIGTSTP', goOn)
  }
}
