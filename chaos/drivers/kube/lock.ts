import { randomUUID } from 'node:crypto'
import { hostname } from 'node:os'
import { setTimeout as delay } from 'node:timers/promises'
import { HoldfastError } from '../../../model/errors.ts'
import { hasStatus } from './api.ts'
import { type Cluster, clusterError } from './connect.ts'
import { leaseName, leasePath } from './names.ts'

/** Without a sign of life for so long, a holder counts as dead. */
const aliveForMs = 30_000
const renewEveryMs = 5_000
const mostTries = 5

interface Lease {
  metadata: { resourceVersion: string; annotations?: Record<string, string> }
  spec?: { holderIdentity?: string | null; leaseDurationSeconds?: number; renewTime?: string | null }
}

/** A run that holds the lock of a namespace now, and how long ago it last said so. */
export interface Holder {
  /** Unlike any other, even of a run with the same id. */
  identity: string
  runId: string
  host: string
  silentMs: number
}

const annotations = { runId: 'holdfast.dev/run-id', host: 'holdfast.dev/host' }

/**
 * One run at a time in a namespace, wherever each was started: a Lease, which its holder renews, so that the lock of
 * a dead one is free after 30 s. All times in it are the cluster's, so that a wrong clock here changes nothing.
 */
export class NamespaceLock {
  readonly identity: string
  #cluster: Cluster
  #version: string
  #over = new AbortController()
  #renewing: Promise<void>
  #lost: HoldfastError | null = null
  #onLost: (error: HoldfastError) => void = () => {}

  private constructor(cluster: Cluster, identity: string, lease: Lease) {
    this.#cluster = cluster
    this.identity = identity
    this.#version = lease.metadata.resourceVersion
    this.#renewing = this.#renew()
  }

  /** @throws HoldfastError naming the run that holds it. */
  static async take(cluster: Cluster, runId: string): Promise<NamespaceLock> {
    const identity = `${runId}_${randomUUID()}`
    try {
      for (let tries = 0; tries < mostTries; tries++) {
        const lease = await tryToTake(cluster, runId, identity)
        if (lease !== null) return new NamespaceLock(cluster, identity, lease)
      }
      throw new Error(`others changed it ${mostTries} times meanwhile`)
    } catch (cause) {
      throw clusterError(`the lock of the namespace ${cluster.ref.namespace} can't be taken`, cluster, cause)
    }
  }

  /** Calls back when it was taken away, or has been: by `holdfast cleanup`, or while the cluster was out of reach. */
  whenLost(callback: (error: HoldfastError) => void): void {
    this.#onLost = callback
    if (this.#lost !== null) callback(this.#lost)
  }

  /** Safe to call twice. A lock that can't be given back frees itself. */
  async giveBack(): Promise<void> {
    this.#over.abort()
    await this.#renewing
    await freeLock(this.#cluster, this.identity).catch(() => {})
  }

  async #renew(): Promise<void> {
    const { signal } = this.#over
    for (;;) {
      await delay(renewEveryMs, undefined, { signal, ref: false }).catch(() => {})
      if (signal.aborted) return
      try {
        const { namespace } = this.#cluster.ref
        const body = { metadata: { resourceVersion: this.#version }, spec: { renewTime: microTime(this.#cluster) } }
        const { body: lease } = await this.#cluster.api.call<Lease>('PATCH', leasePath(namespace), { body })
        this.#version = lease.metadata.resourceVersion
      } catch (error) {
        // An API server that is away may come back.
        if (!hasStatus(error, 409) && !hasStatus(error, 404)) continue
        if (await this.#isStillOurs()) continue
        this.#over.abort()
        this.#lost = lost(this.#cluster)
        this.#onLost(this.#lost)
        return
      }
    }
  }

  /** A renewal whose answer was lost has changed the version, too. */
  async #isStillOurs(): Promise<boolean> {
    try {
      const lease = await this.#cluster.api.get<Lease>(leasePath(this.#cluster.ref.namespace))
      if (lease.spec?.holderIdentity !== this.identity) return false
      this.#version = lease.metadata.resourceVersion
      return true
    } catch (error) {
      return !hasStatus(error, 404)
    }
  }
}

const lost = ({ ref }: Cluster): HoldfastError =>
  new HoldfastError(`the lock of the namespace ${ref.namespace} was taken away`, {
    hint: 'Somebody ran `holdfast cleanup` there, or another run began while the cluster could not be reached from here.',
  })

/** Null when another one was faster, and it is worth another look. */
const tryToTake = async (cluster: Cluster, runId: string, identity: string): Promise<Lease | null> => {
  const { namespace } = cluster.ref
  const path = leasePath(namespace)
  const known = await readLease(cluster)
  const holder = known && holderOf(cluster, known)
  if (holder) throw inUse(cluster, holder)
  const now = microTime(cluster)
  const body = {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: {
      name: leaseName,
      namespace,
      labels: { 'app.kubernetes.io/managed-by': 'holdfast' },
      annotations: { [annotations.runId]: runId, [annotations.host]: hostname() },
      ...(known && { resourceVersion: known.metadata.resourceVersion }),
    },
    spec: {
      holderIdentity: identity,
      leaseDurationSeconds: aliveForMs / 1_000,
      acquireTime: now,
      renewTime: now,
    },
  }
  try {
    const answer = await (known
      ? cluster.api.call<Lease>('PATCH', path, { body })
      : cluster.api.call<Lease>('POST', leasePath(namespace, ''), { body }))
    return answer.body
  } catch (error) {
    if (hasStatus(error, 409) || hasStatus(error, 404)) return null
    throw error
  }
}

const inUse = ({ ref }: Cluster, { runId, host, silentMs }: Holder): HoldfastError =>
  new HoldfastError(
    `the namespace ${ref.namespace} is in use by run ${runId}, started on ${host}; its last sign of life was ${(silentMs / 1_000).toFixed(0)} s ago`,
    { hint: `Wait for it. Should it be dead, the namespace is free ${aliveForMs / 1_000} s after that sign.` },
  )

/** The run that is going on in the namespace, or null. @throws HoldfastError when that can't be read. */
export const currentHolder = async (cluster: Cluster): Promise<Holder | null> => {
  try {
    const lease = await readLease(cluster)
    return lease && holderOf(cluster, lease)
  } catch (cause) {
    throw clusterError(`the lock of the namespace ${cluster.ref.namespace} can't be read`, cluster, cause)
  }
}

/** Gives back the lock that this holder has, and no other's. @throws what the API server says. */
export const freeLock = async (cluster: Cluster, identity: string): Promise<void> => {
  const lease = await readLease(cluster)
  if (lease?.spec?.holderIdentity !== identity) return
  const preconditions = { resourceVersion: lease.metadata.resourceVersion }
  const body = { apiVersion: 'v1', kind: 'DeleteOptions', preconditions }
  await cluster.api.call('DELETE', leasePath(cluster.ref.namespace), { body })
}

const readLease = async (cluster: Cluster): Promise<Lease | null> => {
  try {
    return await cluster.api.get<Lease>(leasePath(cluster.ref.namespace))
  } catch (error) {
    if (hasStatus(error, 404)) return null
    throw error
  }
}

const holderOf = (cluster: Cluster, { metadata, spec }: Lease): Holder | null => {
  const identity = spec?.holderIdentity
  if (!identity) return null
  const silentMs = Math.max(0, cluster.api.serverNowMs() - Date.parse(spec?.renewTime ?? ''))
  // A lease without a readable time was not made by us: nobody renews it.
  if (!(silentMs < (spec?.leaseDurationSeconds ?? 0) * 1_000)) return null
  const { [annotations.runId]: runId = identity, [annotations.host]: host = 'another machine' } =
    metadata.annotations ?? {}
  return { identity, runId, host, silentMs }
}

const microTime = ({ api }: Cluster): string => new Date(api.serverNowMs()).toISOString().replace('Z', '000Z')
