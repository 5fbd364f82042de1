import { stringify } from 'yaml'
import { checkChoice } from '../../chaos/drivers/kube/choice.ts'
import { type ExportContext, scheduleOf, workflowOf } from '../../chaos/mesh/workflow.ts'
import { HoldfastError } from '../../model/errors.ts'
import { type ExitCode, exitCodes } from '../../model/exit-codes.ts'
import { clusterFaults } from '../cluster-faults.ts'
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
  checkSchedule(options)
  const { name, faults, steadyEndMs } = await clusterFaults(gameDay, namespace)
  const context: ExportContext = { gameDay: name, namespace, faults, startMs: steadyEndMs }
  const resource = options.schedule === undefined ? workflowOf(context) : scheduleOf(context, options.schedule)
  for (const { kind, label, injections } of faults) {
    if (kind !== 'none' && injections.every(({ driver }) => driver !== 'chaos-mesh'))
      printWarning(`left out: ${label} (${kind} is no resource of Chaos Mesh)`)
  }
  process.stdout.write(stringify(resource, { aliasDuplicateObjects: false }))
  return exitCodes.pass
}

const checkSchedule = ({ as, schedule }: ExportOptions): void => {
  if (as === 'workflow' && schedule !== undefined)
    throw new HoldfastError('--schedule does not go with --as workflow', { hint: 'Add --as schedule.' })
  if (as === 'workflow') return
  if (schedule !== undefined && schedule.trim().split(/\s+/).length === 5) return
  throw new HoldfastError('--as schedule needs --schedule with five fields', {
    hint: "For instance --schedule '0 10 * * 2': Tuesdays at ten.",
  })
}
