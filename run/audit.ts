import { messageOf } from '../model/errors.ts'
import type { System } from '../model/system.ts'
import { rangesOf, readAcknowledged } from './acks.ts'
import { sleepUntil } from './clock.ts'
import { connectionError } from './connection-error.ts'
import { type ReadClock, readBack } from './read-back.ts'
import { type Ledger, readWindows } from './record.ts'

/** Lost ids that the record names; the ranges beside them are whole. */
const namedLost = 1_000

/**
 * Time that the final read may take beside `readBackWithin`: 60 s, and 2 ms more for each acknowledged write, 1 s for each
 * 500 that are asked for at once.
 */
export const auditBudgetMs = (acknowledged: number): number => 60_000 + 2 * acknowledged

/** Where to read. */
interface AuditAt {
  baseUrl: string
  scenarioEnv: Record<string, string>
  signal: AbortSignal
}

const machineClock: ReadClock = {
  now: () => performance.now(),
  sleep: (ms, signal) => sleepUntil(Date.now() + ms, signal),
}

/**
 * Effects that happened more than once before the load began, in a deployment that was there already: they are not of
 * this run. Null when they can't be seen, which is then said once in the ledger.
 */
export const countDuplicatesBefore = async (system: System, ledger: Ledger, at: AuditAt): Promise<number | null> => {
  if (!system.audit) return null
  try {
    return (await within(at.signal, system.audit({ ...at, acknowledged: nothing() }))).duplicates
  } catch (error) {
    ledger.append({
      type: 'warning',
      message: `duplicates cannot be known: their number before the run could not be read (${connectionError(error)})`,
    })
    return null
  }
}

async function* nothing(): AsyncGenerator<string[]> {}

/**
 * The final read: asks the system for every acknowledged write, for the missing ones again until `readBackWithinMs` are
 * over. A read that does not complete is `audit.failed`, hence no data, never "nothing lost".
 */
export const auditWrites = async (
  system: System,
  options: AuditAt & {
    runId: string
    recordDir: string
    ledger: Ledger
    /** 0 for a system that began with the run. */
    duplicatesBefore: number | null
    readBackWithinMs: number
  },
  clock: ReadClock = machineClock,
): Promise<void> => {
  const { runId, recordDir, ledger, baseUrl, scenarioEnv, signal } = options
  const { audit } = system
  if (!audit) return
  try {
    const acknowledged = await readAcknowledged(runId, readWindows(recordDir))
    const read = readBack({
      acknowledged,
      ask: (ids) => audit({ baseUrl, scenarioEnv, signal, acknowledged: ids }),
      withinMs: options.readBackWithinMs,
      clock,
      signal,
    })
    const { lost, duplicates, ...counts } = await within(signal, read)
    ledger.append({
      type: 'audit.done',
      acknowledged: acknowledged.count,
      ...counts,
      lostCount: lost.length,
      lost: lost.slice(0, namedLost),
      lostRanges: rangesOf(runId, lost),
      duplicates: duringRun(options.duplicatesBefore, duplicates),
    })
  } catch (error) {
    ledger.append({ type: 'audit.failed', reason: connectionError(error) })
  }
}

/** A count that went down was begun anew in between. */
const duringRun = (before: number | null, after: number | null): number | null =>
  before === null || after === null || after < before ? null : after - before

/** Also when the system's audit does not look at its signal. */
const within = <T>(signal: AbortSignal, read: Promise<T>): Promise<T> => Promise.race([read, rejectOnAbort(signal)])

const rejectOnAbort = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    const stop = () => reject(new Error(`the audit was cut short: ${messageOf(signal.reason)}`))
    if (signal.aborted) stop()
    else signal.addEventListener('abort', stop, { once: true })
  })
