import { listPods } from '../chaos/drivers/kube/pods.ts'
import { ServiceForward } from '../chaos/drivers/kube/port-forward.ts'
import { MeshSession } from '../chaos/drivers/kube/session.ts'
import { HoldfastError } from '../model/errors.ts'
import type { ServicePort } from '../model/system.ts'
import { kindsUsed } from './cluster-preflight.ts'
import { commandsOnly, type RunningSystem, type StartOptions } from './environment.ts'
import { placeEnv } from './place-env.ts'
import { sampledPods } from './pod-samples.ts'
import { reservePorts } from './ports.ts'
import { redactor } from './secrets.ts'

/** For what is left of a run when its faults are removed already. */
const lastDeadlineMs = 10_000

/**
 * A deployment in a cluster that is already there: load from here, through a base URL or a port-forward, and faults
 * through Chaos Mesh and the API server. Secrets come from the user's environment.
 */
export const useKubernetes = async (options: StartOptions): Promise<RunningSystem> => {
  const { system, plan, cluster, baseUrl, userEnv, commandEnv } = options
  if (cluster === null) throw new HoldfastError('there is no cluster to run in')
  const forward = system.kubernetes?.forward
  const port = await reservePorts(1)
  const scenarioEnv = system.externalEnv?.(userEnv) ?? {}
  const open = async (to: ServicePort): Promise<string> => {
    const opened = await ServiceForward.open(cluster, to)
    options.undo.push(`the port-forward to ${to.service}`, () => opened.close())
    return `http://127.0.0.1:${opened.port}`
  }
  const reached = baseUrl ?? (forward && (await open(forward.base)))
  if (reached === undefined) throw new HoldfastError(`${system.name} names no Service`, { hint: 'Use --base-url.' })
  // Through a base URL it may be any deployment, and what else it has is not known.
  const forwarded = baseUrl === null ? Object.entries(forward?.env ?? {}) : []
  for (const [name, to] of forwarded) scenarioEnv[name] = await open(to)
  const session = await beginSession(options)
  return {
    baseUrl: reached,
    auditUrl: reached,
    scenarioEnv,
    drivers: {
      ...commandsOnly('kubernetes', plan.runId, { ...commandEnv, ...placeEnv(cluster.ref) }),
      mesh: () => session,
    },
    sampled: sampledPods(system.kubernetes?.selectors ?? {}, () => listPods(cluster)),
    redact: redactor({ ...userEnv, ...scenarioEnv }, system.secretEnv),
    apiPort: port('k6-api'),
  }
}

/** The ledger knows of the run in the cluster before the cluster does. */
const beginSession = async ({ plan, cluster, namespaceLock, ledger, undo }: StartOptions): Promise<MeshSession> => {
  if (cluster === null) throw new HoldfastError('there is no cluster to run in')
  const session = new MeshSession(cluster, plan.runId)
  const kinds = kindsUsed(plan)
  const lock = namespaceLock?.identity ?? null
  ledger.sync({ type: 'cluster.entered', cluster: cluster.ref, run: session.run, lock, kinds })
  undo.push('what the run has in the cluster', async () => {
    const { difference, contradictions } = session.clock
    if (difference !== null) ledger.append({ type: 'cluster.clock', ...difference, contradictions })
    const { failed } = kinds.length === 0 ? { failed: [] } : await session.end(lastDeadlineMs)
    if (failed.length > 0) throw new Error(failed.join('; '))
    ledger.append({ type: 'cluster.left' })
  })
  if (kinds.length > 0) await session.begin(plan.runId, kinds)
  return session
}
