/** Calls back once for the first of the signals that end a run; later ones change nothing, the undo has its time. */
export const onSignals = (callback: (signal: string) => void): (() => void) => {
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  let called = false
  const handle = (signal: string) => {
    if (!called) callback(signal)
    called = true
  }
  for (const signal of signals) process.on(signal, handle)
  return () => {
    for (const signal of signals) process.off(signal, handle)
  }
}
