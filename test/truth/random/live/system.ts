import { join } from 'node:path'
import type { AuditContext, AuditResult, LocalLayout, System } from '../../../../model/system.ts'
import { recordFiles } from '../../../../run/record.ts'
import { auditIds, getJson } from '../../../../systems/lib/audit.ts'
import { planted } from '../../planted/system.ts'

/** How the final read itself misbehaves. */
export type AuditTrouble = { how: 'first-only'; most: number } | { how: 'page-limit'; most: number }

/** The file in which the server of a run writes its address, for the commands of the faults. */
export const urlFileOf = (recordDir: string): string => join(recordDir, 'server.url')

/** The planted server, with troubles that commands switch on and with scenarios that misbehave. */
export const randomPlanted: System = {
  ...planted,
  options: {
    plants: 'what the server does with each path',
    misbehaviour: 'what the scenario does, as JSON',
    auditTrouble: 'what the final read does, as JSON',
    restarts: '`no`: a server that died does not come back',
  },
  local: (context) => {
    const layout = (planted.local as NonNullable<System['local']>)(context)
    const recordDir = join(context.workDir, '..')
    const more = {
      URL_FILE: urlFileOf(recordDir),
      ...(context.options.restarts === 'no' ? { ONCE_FILE: join(recordDir, recordFiles.logs, 'server.once') } : {}),
    }
    return {
      ...layout,
      processes: layout.processes.map((process) => ({ ...process, env: { ...process.env, ...more } })),
      scenarioEnv: {
        PLANTED_MISBEHAVIOUR: context.options.misbehaviour ?? 'null',
        PLANTED_AUDIT: context.options.auditTrouble ?? 'null',
      },
    } satisfies LocalLayout
  },
  audit: async (context) => {
    const trouble = JSON.parse(context.scenarioEnv.PLANTED_AUDIT ?? 'null') as AuditTrouble | null
    if (trouble?.how === 'first-only') return readFirst(context, trouble.most)
    const most = trouble?.most ?? Number.POSITIVE_INFINITY
    return auditIds(context, {
      find: async (ids) => {
        const url = `${context.baseUrl}/stored?ids=${ids.join(',')}`
        const found = await getJson<[string, number][]>(url, context.signal)
        return found.slice(0, most).map(([id]) => id)
      },
      countDuplicates: async () => 0,
    })
  },
}

/** A read that looks at a few of the writes and calls itself complete. */
const readFirst = async ({ acknowledged }: AuditContext, most: number): Promise<AuditResult> => {
  let checked = 0
  for await (const ids of acknowledged) checked = Math.min(most, checked + ids.length)
  return { lost: [], checked, duplicates: 0 }
}
