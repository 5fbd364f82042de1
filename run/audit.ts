import { messageOf } from '../model/errors.ts'
import type { System } from '../model/system.ts'
import { acknowledgedIds, acknowledgementTimes } from './acks.ts'
import { type Ledger, readWindows } from './record.ts'

/** Lost ids that the record names; the count is always whole. */
const namedLost = 1_000

/**
 * The final read: asks the system for every acknowledged write. A read that does not complete is
 * `audit.failed`, hence no data, never "nothing lost".
 */
export const auditWrites = async (
  system: System,
  options: {
    runId: string
    recordDir: string
    baseUrl: string
    scenarioEnv: Record<string, string>
    ledger: Ledger
    signal: AbortSignal
  },
): Promise<void> => {
  const { runId, recordDir, ledger } = options
  if (!system.audit) return
  try {
    const read = system.audit({
      baseUrl: options.baseUrl,
      scenarioEnv: options.scenarioEnv,
      acknowledged: acknowledgedIds(runId, readWindows(recordDir)),
      signal: options.signal,
    })
    // Also when the system's audit does not look at its signal.
    const { lost, checked, duplicates } = await Promise.race([read, rejectOnAbort(options.signal)])
    const times = await acknowledgementTimes(runId, new Set(lost), readWindows(recordDir))
    ledger.append({
      type: 'audit.done',
      checked,
      acknowledged: checked,
      lostCount: lost.length,
      lost: lost.slice(0, namedLost),
      duplicates,
      oldestLostAtMs: times.oldestMs,
      newestLostAtMs: times.newestMs,
    })
  } catch (error) {
    ledger.append({ type: 'audit.failed', reason: messageOf(error) })
  }
}

const rejectOnAbort = (signal: AbortSignal): Promise<never> =>
  new Promise((_, reject) => {
    const stop = () => reject(new Error(`the audit was cut short: ${messageOf(signal.reason)}`))
    if (signal.aborted) stop()
    else signal.addEventListener('abort', stop, { once: true })
  })
