import { checkAccess } from '../chaos/drivers/kube/access.ts'
import type { Cluster } from '../chaos/drivers/kube/connect.ts'
import { NamespaceLock } from '../chaos/drivers/kube/lock.ts'
import { kubectl } from '../chaos/drivers/kube/names.ts'
import { changeObject, objectOf } from '../chaos/drivers/kube/objects/change.ts'
import { ServiceForward } from '../chaos/drivers/kube/port-forward.ts'
import { rightsFor } from '../chaos/drivers/kube/rights.ts'
import { listRuns, removeRun } from '../chaos/drivers/kube/runs.ts'
import { type MeshInjection, MeshSession } from '../chaos/drivers/kube/session.ts'
import type { ExperimentKind } from '../chaos/mesh/experiment.ts'
import type { ClusterRef } from '../model/cluster.ts'
import { HoldfastError } from '../model/errors.ts'
import { exitCodes } from '../model/exit-codes.ts'
import type { Injection } from '../model/fault.ts'
import type { Plan } from '../model/plan.ts'
import type { ServicePort } from '../model/system.ts'
import { checkReachable } from './preflight.ts'

/** What the faults of a plan create in a cluster. */
export const meshInjections = ({ faults }: Pick<Plan, 'faults'>): MeshInjection[] =>
  faults.flatMap(({ injections }) => injections).filter((injection) => injection.driver === 'chaos-mesh')

/** What the faults of a plan change in a cluster. */
const actionsOf = ({ faults }: Pick<Plan, 'faults'>): Extract<Injection, { driver: 'kubernetes' }>[] =>
  faults.flatMap(({ injections }) => injections).filter((injection) => injection.driver === 'kubernetes')

/** Kinds of objects that a run may leave in a cluster; none means that it does nothing there. */
export const kindsUsed = (plan: Pick<Plan, 'faults'>): string[] => [
  ...new Set([
    ...meshInjections(plan).map(({ kind }) => kind),
    ...actionsOf(plan).map((action) => objectOf(action).kind),
  ]),
]

/**
 * Asks the cluster, before anything starts: whether every right is there, whether the cluster and Chaos Mesh would
 * take each change (a dry run, through their own admission), and whether the Service answers that the load is to reach.
 * @param forward null where the load goes to a base URL
 * @throws HoldfastError for the first that is not so.
 */
export const checkCluster = async (cluster: Cluster, plan: Plan, forward: ServicePort | null): Promise<void> => {
  const injections = meshInjections(plan)
  const kinds = [...new Set(injections.map(({ kind }) => kind as ExperimentKind))]
  const actions = actionsOf(plan)
  await checkAccess(
    cluster,
    rightsFor({ kinds, actions: actions.map(({ action }) => action), portForward: forward !== null }),
  )
  const session = new MeshSession(cluster, plan.runId)
  for (const injection of injections)
    await session.create(injection, session.nextName(injection.kind), { dryRun: true })
  // One after the other may change the same object, so each is asked for by itself.
  for (const action of actions) await changeObject(cluster, action, session.run, { dryRun: true })
  if (forward !== null) await checkForward(cluster, forward)
}

/** A pod may be ready and not answer; its port-forward takes connections all the same. */
const checkForward = async (cluster: Cluster, to: ServicePort): Promise<void> => {
  const opened = await ServiceForward.open(cluster, to)
  try {
    await checkReachable(`http://127.0.0.1:${opened.port}`, {
      place: `port ${to.port} of the Service ${to.service} in ${cluster.ref.namespace}, through a port-forward`,
      hint: `Look at its pods with: ${kubectl(cluster.ref, 'get pods')}`,
    })
  } finally {
    await opened.close()
  }
}

/**
 * Takes the lock of the namespace: that of this machine says nothing of a run that was started on another one. What a
 * dead run left there is removed first, so that no run begins while a fault of another one is still there.
 * @throws HoldfastError naming the run that holds it, or what could not be removed.
 */
export const enterNamespace = async (
  cluster: Cluster,
  plan: Plan,
  tell: (message: string) => void,
): Promise<NamespaceLock> => {
  const lock = await NamespaceLock.take(cluster, plan.runId)
  try {
    if (kindsUsed(plan).length > 0) await removeDeadRuns(cluster, tell)
    return lock
  } catch (error) {
    await lock.giveBack()
    throw error
  }
}

/** Whoever left something and does not hold the lock is dead. */
const removeDeadRuns = async (cluster: Cluster, tell: (message: string) => void): Promise<void> => {
  for (const { run, runId, host, kinds } of await listRuns(cluster)) {
    tell(`run ${runId}, started on ${host}, is dead; removing what it left in ${cluster.ref.namespace}`)
    const { failed } = await removeRun(cluster, run, kinds)
    if (failed.length === 0) continue
    throw new HoldfastError(
      `what run ${runId} left in ${cluster.ref.namespace} could not be removed: ${failed.join('; ')}`,
      {
        hint: `Put it right, and say so with: ${cleanupWords(cluster.ref, run)}`,
        exitCode: exitCodes.faultNotRemoved,
      },
    )
  }
}

const cleanupWords = ({ context, namespace }: ClusterRef, run: string): string =>
  `holdfast cleanup ${run} --env kubernetes ${context === null ? '--in-cluster' : `--context ${context}`} --namespace ${namespace}`
