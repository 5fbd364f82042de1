import type { AuditContext, AuditResult } from '../../model/system.ts'
import { auditIds, getJson } from '../lib/audit.ts'
import { pause } from '../lib/pause.ts'

/** A batch that is not counted by then is lost: the documented dashboard lag is below this. */
const patienceMs = 30_000

/**
 * Asks the read model for every acknowledged batch. What is on its way has the documented 30 s to arrive;
 * what has not by then is lost. Events that players were given beyond those of the batches were counted twice.
 */
export const auditBatches = (context: AuditContext): Promise<AuditResult> => {
  const { scenarioEnv, signal } = context
  const usersUrl = scenarioEnv.GAMEMETRICS_USERS_URL ?? ''
  const giveUpAt = performance.now() + patienceMs
  const counted = async (ids: string[]): Promise<string[]> => {
    const url = `${usersUrl}/batches?ids=${ids.map(encodeURIComponent).join(',')}`
    return (await getJson<{ counted: string[] }>(url, signal)).counted
  }
  return auditIds(context, {
    find: async (ids) => {
      let found = await counted(ids)
      while (found.length < ids.length && performance.now() < giveUpAt && !signal.aborted) {
        await pause(500, signal)
        found = await counted(ids)
      }
      return found
    },
    countDuplicates: async () => (await getJson<{ duplicates: number }>(`${usersUrl}/audit`, signal)).duplicates,
  })
}
