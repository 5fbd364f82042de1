import { Trend } from 'k6/metrics'

/** Of k6; its types leave it out. */
declare const console: { error: (text: string) => void }

/** How long an iteration went on that ended by an exception; the name is that of model/window.ts. */
const failed = new Trend('holdfast_failed_iteration', true)

/** Messages whose stack this virtual user has printed: once tells where it happened. */
const printed = new Set<string>()

/**
 * Runs an iteration and counts it as failed when it ends by an exception: k6 itself logs the exception and counts the
 * iteration as complete. Nothing is thrown on; `exec.test.abort` is no exception and ends the test as k6 defines it.
 */
export const countFailure = (run: () => void | Promise<void>): void | Promise<void> => {
  const startedAtMs = Date.now()
  const fail = (cause: unknown): void => {
    const error = exceptionText(cause)
    failed.add(Date.now() - startedAtMs, { error })
    if (printed.has(error)) return
    printed.add(error)
    console.error(`iteration ended by an exception: ${stackOf(cause)}`)
  }
  try {
    const result = run()
    return result === undefined ? undefined : Promise.resolve(result).catch(fail)
  } catch (cause) {
    fail(cause)
  }
}

/** The first line of a message without addresses and ids, so that equal exceptions have one text. */
const exceptionText = (cause: unknown): string =>
  (String(cause).split('\n')[0] ?? '')
    .replace(/[a-z][a-z0-9+.-]*:\/\/\S+/gi, '<address>')
    .replace(/[\w.:-]+/g, (word) => (word.replace(/\D/g, '').length >= 4 ? '<id>' : word))
    .slice(0, 200)

const stackOf = (cause: unknown): string => (cause instanceof Error ? (cause.stack ?? String(cause)) : String(cause))
