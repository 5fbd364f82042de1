import type { AuditContext, AuditResult } from '../../model/system.ts'
import { auditIds, getJson } from '../lib/audit.ts'
import { postJson } from '../lib/http-client.ts'

/** Signs in and asks for every acknowledged task with `GET /tasks?ids=`; one that is not there is lost. */
export const auditTasks = async (context: AuditContext): Promise<AuditResult> => {
  const { baseUrl, scenarioEnv, signal } = context
  const login = JSON.stringify({ user: 'auditor', password: scenarioEnv.TODO_PASSWORD })
  const { token } = (await postJson(`${baseUrl}/auth/login`, login, { timeoutMs: 5000 })) as { token: string }
  return await auditIds(context, {
    find: async (ids) => {
      const url = `${baseUrl}/tasks?ids=${ids.map(encodeURIComponent).join(',')}`
      const answer = await getJson<{ existing: string[] }>(url, signal, { authorization: `Bearer ${token}` })
      return answer.existing
    },
  })
}
