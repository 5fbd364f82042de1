import type { AuditContext, AuditResult } from '../../model/system.ts'
import { auditIds, getJson, type Progress, patiently } from '../lib/audit.ts'

/** What has not ended by then never will: the longest that the scenarios wait for an operation. */
const patienceMs = 25_000

/**
 * Asks for every acknowledged operation with `GET /operations?ids=`; one that is not there, or comes to no end, is lost.
 * The stand-in's hosts say which steps they did more than once.
 */
export const auditOperations = (context: AuditContext): Promise<AuditResult> => {
  const { baseUrl, scenarioEnv, signal } = context
  const hosts = [scenarioEnv.NOVACRON_HOST_A_URL, scenarioEnv.NOVACRON_HOST_B_URL].filter((url) => url !== undefined)
  const ended = async (ids: string[]): Promise<Progress> => {
    const url = `${baseUrl}/operations?ids=${ids.map(encodeURIComponent).join(',')}`
    const { operations } = await getJson<{ operations: { id: string; status: string }[] }>(url, signal)
    const found = operations.filter(({ status }) => status !== 'pending' && status !== 'running')
    return { found: found.map(({ id }) => id), isWaiting: found.length < operations.length }
  }
  return auditIds(context, {
    find: patiently(ended, patienceMs, signal),
    ...(hosts.length === 0
      ? {}
      : {
          countDuplicates: async () => {
            const all = await Promise.all(hosts.map((url) => getJson<{ duplicates: number }>(`${url}/stats`, signal)))
            return all.reduce((sum, { duplicates }) => sum + duplicates, 0)
          },
        }),
  })
}
