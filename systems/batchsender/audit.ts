import type { AuditContext, AuditResult } from '../../model/system.ts'
import { auditIds, getJson } from '../lib/audit.ts'

/**
 * Asks for every acknowledged batch with `GET /batches?ids=`; one that is not there is lost. The
 * stand-in's provider says how many e-mails went out more than once; a real one does not.
 */
export const auditBatches = (context: AuditContext): Promise<AuditResult> => {
  const { baseUrl, scenarioEnv, signal } = context
  const providerUrl = scenarioEnv.BATCHSENDER_PROVIDER_URL
  return auditIds(context, {
    find: async (ids) => {
      const query = ids.map(encodeURIComponent).join(',')
      const { batches } = await getJson<{ batches: { id: string }[] }>(`${baseUrl}/batches?ids=${query}`, signal)
      return batches.map(({ id }) => id)
    },
    ...(providerUrl === undefined
      ? {}
      : {
          countDuplicates: async () =>
            (await getJson<{ duplicates: number }>(`${providerUrl}/stats`, signal)).duplicates,
        }),
  })
}
