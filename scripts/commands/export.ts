import { stringify } from 'yaml'
import { checkChoice } from '../../chaos/drivers/kube/choice.ts'
import { scheduleOf as asSchedule, type ExportContext, workflowOf } from '../../chaos/mesh/workflow.ts'
import { HoldfastError } from '../../model/errors.ts'
import { type ExitCode, exitCodes } from '../../model/exit-codes.ts'
import { clusterFaults } from '../cluster-faults.ts'
import { fiveFields } from '../cron.ts'
import { printWarning } from '../terminal.ts'

export interface ExportOptions {
  as: 'workflow' | 'schedule'
  namespace?: string
  schedule?: string
}

/** `holdfast export chaos-mesh <game day>`: prints its faults, and nothing else of it, for Chaos Mesh alone. */
export const exportCommand = async (
  _format: 'chaos-mesh',
  gameDay: string,
  options: ExportOptions,
): Promise<ExitCode> => {
  const namespace = checkChoice({ inCluster: true, namespace: options.namespace })
  const schedule = scheduleOf(options)
  const { name, faults, steadyEndMs } = await clusterFaults(gameDay, namespace)
  const context: ExportContext = { gameDay: name, namespace, faults, startMs: steadyEndMs }
  const resource = schedule === null ? workflowOf(context) : asSchedule(context, schedule)
  for (const { kind, label, injections } of faults) {
    if (kind !== 'none' && injections.every(({ driver }) => driver !== 'chaos-mesh'))
      printWarning(`left out: ${label} (${kind} is no resource of Chaos Mesh)`)
  }
  process.stdout.write(stringify(resource, { aliasDuplicateObjects: false }))
  return exitCodes.pass
}

/** @returns when it runs; null for a workflow, which runs once */
const scheduleOf = ({ as, schedule }: ExportOptions): string | null => {
  if (as === 'schedule') return fiveFields(schedule, '--as schedule')
  if (schedule === undefined) return null
  throw new HoldfastError('--schedule does not go with --as workflow', { hint: 'Add --as schedule.' })
}
