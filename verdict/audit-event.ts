import type { RunEvent } from '../model/event.ts'
import { validRanges, whole } from './lines.ts'

/** The final read, as the ledger has it. */
export type AuditEvent = Extract<RunEvent, { type: 'audit.done' }>

/** Whether its counts and lists can be what they say. Lists that older records lack may be absent, but nothing else. */
export const validAudit = (audit: AuditEvent): boolean => {
  const { checked, acknowledged, lostCount, lateCount = 0, unknownCount = 0 } = audit
  const { lost = [], lostRanges = [], duplicates, latestMs } = audit
  return (
    [checked, acknowledged, lostCount, lateCount, unknownCount, duplicates ?? 0].every(whole) &&
    (latestMs == null || (Number.isFinite(latestMs) && latestMs >= 0)) &&
    Array.isArray(lost) &&
    lost.every((id) => typeof id === 'string') &&
    Array.isArray(lostRanges) &&
    lostRanges.every((one) => typeof one?.scenario === 'string' && validRanges(one.ranges))
  )
}
