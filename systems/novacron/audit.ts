import type { AuditContext, AuditResult } from '../../model/system.ts'
import { auditIds, getJson } from '../lib/audit.ts'

/**
 * Asks for every acknowledged operation with `GET /operations?ids=`; one that is not there, or has not come to its end, is
 * missing.
 * The stand-in's hosts say which steps they did more than once.
 */
export const auditOperations = (context: AuditContext): Promise<AuditResult> => {
  const { baseUrl, scenarioEnv, signal } = context
  const hosts = [scenarioEnv.NOVACRON_HOST_A_URL, scenarioEnv.NOVACRON_HOST_B_URL].filter((url) => url !== undefined)
  return auditIds(context, {
    find: async (ids) => {
      const url = `${baseUrl}/operations?ids=${ids.map(encodeURIComponent).join(',')}`
      const { operations } = await getJson<{ operations: { id: string; status: string }[] }>(url, signal)
      const ended = operations.filter(({ status }) => status !== 'pending' && status !== 'running')
      return ended.map(({ id }) => id)
    },
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
