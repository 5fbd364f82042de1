import type { AuditContext, AuditResult } from '../../model/system.ts'
import { auditIds, getJson } from '../lib/audit.ts'

interface Found {
  reference: string
  cases: number
  audited: boolean
}

/**
 * Asks for the case of every acknowledged reference, with `GET /cases?references=`. One that is not there,
 * or that the audit log does not know, is lost. Effects that happened twice: more than one case for a
 * reference, and decisions that the stand-in's partner was told of more than once.
 */
export const auditCases = (context: AuditContext): Promise<AuditResult> => {
  const { baseUrl, scenarioEnv, signal } = context
  const partnerUrl = scenarioEnv.ONBOARDING_PARTNER_URL
  // By reference: one is asked for again while it is not in the audit log.
  const extraCases = new Map<string, number>()
  return auditIds(context, {
    find: async (references) => {
      const query = references.map(encodeURIComponent).join(',')
      const { found } = await getJson<{ found: Found[] }>(`${baseUrl}/cases?references=${query}`, signal)
      for (const { reference, cases } of found) extraCases.set(reference, cases - 1)
      return found.filter(({ audited }) => audited).map(({ reference }) => reference)
    },
    countDuplicates: async () => {
      const extra = [...extraCases.values()].reduce((sum, count) => sum + count, 0)
      if (partnerUrl === undefined) return extra
      const { duplicates } = await getJson<{ duplicates: number }>(`${partnerUrl}/stats`, signal)
      return extra + duplicates
    },
  })
}
