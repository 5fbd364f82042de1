import type { AuditContext, AuditResult } from '../../model/system.ts'
import { auditIds, getJson, type Progress, patiently } from '../lib/audit.ts'

/** A batch that is not counted by then is lost: the documented dashboard lag is below this. */
const patienceMs = 30_000

/**
 * Asks the read model for every acknowledged batch. What is on its way has the documented 30 s to arrive; what has not by
 * then is lost. Where the players have other events than the batches, some were counted twice, or for nobody.
 */
export const auditBatches = (context: AuditContext): Promise<AuditResult> => {
  const { scenarioEnv, signal } = context
  const usersUrl = scenarioEnv.GAMEMETRICS_USERS_URL ?? ''
  const counted = async (ids: string[]): Promise<Progress> => {
    const url = `${usersUrl}/batches?ids=${ids.map(encodeURIComponent).join(',')}`
    const found = (await getJson<{ counted: string[] }>(url, signal)).counted
    return { found, isWaiting: found.length < ids.length }
  }
  return auditIds(context, {
    find: patiently(counted, patienceMs, signal),
    countDuplicates: async () => (await getJson<{ miscounted: number }>(`${usersUrl}/audit`, signal)).miscounted,
  })
}
