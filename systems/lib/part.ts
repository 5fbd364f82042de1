import { errorFields, type Log } from './log.ts'

/**
 * Runs one part of a system until SIGTERM or SIGINT: `start` returns what has to be closed, in that
 * order. A part that does not close in 5 s is ended.
 */
export const runPart = async (log: Log, start: () => Promise<(() => Promise<unknown>)[]>): Promise<void> => {
  process.on('unhandledRejection', (reason) => {
    log.error('unhandled rejection', errorFields(reason, true))
    process.exit(70)
  })
  const closers = await start()
  let closing = false
  const close = async (signal: string) => {
    if (closing) return
    closing = true
    log.info('closing', { signal })
    setTimeout(() => process.exit(1), 5000).unref()
    for (const closer of closers) {
      await closer().catch((error: unknown) => log.warn('did not close cleanly', errorFields(error)))
    }
    process.exit(0)
  }
  process.on('SIGTERM', () => void close('SIGTERM'))
  process.on('SIGINT', () => void close('SIGINT'))
}
