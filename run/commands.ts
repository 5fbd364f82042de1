import type { DriverContext } from '../chaos/drivers/driver.ts'
import { processStat } from '../chaos/drivers/proc.ts'
import type { Ledger } from './record.ts'

/**
 * Notes the steps of a runbook in the ledger while they go on, so that one that a killed Holdfast leaves behind is ended
 * with its children. What a step leaves running after its own end is the user's.
 */
export const commandsIn =
  (ledger: Pick<Ledger, 'sync' | 'append'>): NonNullable<DriverContext['commandRuns']> =>
  (step, pid) => {
    const startTicks = processStat(pid)?.startTicks
    if (startTicks === undefined) return () => {}
    try {
      ledger.sync({ type: 'process.started', instance: step, pid, startTicks })
    } catch {
      // The ledger itself breaks the run; an undo goes on all the same.
    }
    return (code) => ledger.append({ type: 'process.exited', instance: step, pid, code, signal: null, expected: true })
  }
