import { checkAccess } from '../chaos/drivers/kube/access.ts'
import type { Cluster } from '../chaos/drivers/kube/connect.ts'
import { rightsFor } from '../chaos/drivers/kube/rights.ts'
import { listRuns } from '../chaos/drivers/kube/runs.ts'
import { type MeshInjection, MeshSession } from '../chaos/drivers/kube/session.ts'
import type { ExperimentKind } from '../chaos/mesh/experiment.ts'
import { HoldfastError } from '../model/errors.ts'
import type { Plan } from '../model/plan.ts'

/** What the faults of a plan create in a cluster. */
export const meshInjections = ({ faults }: Pick<Plan, 'faults'>): MeshInjection[] =>
  faults.flatMap(({ injections }) => injections).filter((injection) => injection.driver === 'chaos-mesh')

/**
 * Asks the cluster, before anything starts: whether every right is there, whether another run is going on in the
 * namespace, and whether Chaos Mesh would take each resource (a dry run, through its own admission).
 * @throws HoldfastError for the first that is not so.
 */
export const checkCluster = async (
  cluster: Cluster,
  plan: Plan,
  { portForward }: { portForward: boolean },
): Promise<void> => {
  const injections = meshInjections(plan)
  const kinds = [...new Set(injections.map(({ kind }) => kind as ExperimentKind))]
  await checkAccess(cluster, rightsFor({ kinds, portForward }))
  if (injections.length === 0) return
  await refuseSecondRun(cluster)
  const session = new MeshSession(cluster, plan.runId)
  for (const injection of injections)
    await session.create(injection, session.nextName(injection.kind), { dryRun: true })
}

/** The lock of this machine says nothing of a run that was started on another one. */
const refuseSecondRun = async (cluster: Cluster): Promise<void> => {
  const other = (await listRuns(cluster)).find(({ endsAtMs }) => endsAtMs === null || endsAtMs > Date.now())
  if (other === undefined) return
  const { namespace, context } = cluster.ref
  throw new HoldfastError(`the namespace ${namespace} is in use by run ${other.runId}, started on ${other.host}`, {
    hint: `Wait for it; if it is dead: holdfast cleanup ${other.run} --env kubernetes${context === null ? ' --in-cluster' : ` --context ${context}`} --namespace ${namespace}`,
  })
}
