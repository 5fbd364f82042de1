import { hostname } from 'node:os'
import type { ClusterRef } from '../../../model/cluster.ts'
import { HoldfastError, messageOf } from '../../../model/errors.ts'
import type { Injection } from '../../../model/fault.ts'
import { chaosMeshApiVersion } from '../../crds/chaos-mesh.ts'
import { hasStatus } from './api.ts'
import { ClusterClock } from './clock.ts'
import { type Cluster, clusterError } from './connect.ts'
import { configMapPath, experimentPath, ownerName, runLabel, runName } from './names.ts'
import { type RunRemoval, removeRun } from './runs.ts'

export type MeshInjection = Extract<Injection, { driver: 'chaos-mesh' }>

interface Created {
  metadata: { uid: string; creationTimestamp: string }
}

/** One run in one cluster: the object that owns what it creates, and the clocks. */
export class MeshSession {
  readonly cluster: Cluster
  readonly clock = new ClusterClock()
  readonly run: string
  #ownerUid: string | null = null
  #kinds: string[] = []
  #count = 0

  constructor(cluster: Cluster, runId: string) {
    this.cluster = cluster
    this.run = runName(runId)
  }

  get ref(): ClusterRef {
    return this.cluster.ref
  }

  /** Creates the ConfigMap of the run, which owns every fault. */
  async begin(runId: string, kinds: string[]): Promise<void> {
    const { namespace } = this.ref
    this.#kinds = [...new Set(kinds)]
    const body = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: {
        name: ownerName(this.run),
        namespace,
        labels: { [runLabel]: this.run, 'app.kubernetes.io/managed-by': 'holdfast' },
      },
      data: { run: runId, kinds: this.#kinds.join(' '), host: hostname() },
    }
    try {
      const { body: created, ...times } = await this.cluster.api.call<Created>('POST', configMapPath(namespace), {
        body,
      })
      this.#ownerUid = created.metadata.uid
      this.#compare(created, times)
    } catch (cause) {
      throw clusterError(`the ConfigMap of the run can't be created in ${namespace}`, this.cluster, cause)
    }
  }

  /** A name that no other fault of this run has. */
  nextName(kind: string): string {
    this.#count++
    return `${this.run}-${this.#count}-${kind.toLowerCase()}`.slice(0, 63).replace(/-+$/, '')
  }

  /**
   * Creates an experiment; or, dry, only asks whether the cluster would take it.
   * @returns the moments of this machine around the call
   * @throws HoldfastError with the words of the API server or of Chaos Mesh's webhook.
   */
  async create(
    injection: MeshInjection,
    name: string,
    options: { dryRun?: boolean } = {},
  ): Promise<{ calledAtMs: number; repliedAtMs: number }> {
    const { namespace, kind, spec } = injection
    const owner = { apiVersion: 'v1', kind: 'ConfigMap', name: ownerName(this.run), uid: this.#ownerUid }
    const body = {
      apiVersion: chaosMeshApiVersion,
      kind,
      metadata: {
        name,
        namespace,
        labels: { [runLabel]: this.run, 'app.kubernetes.io/managed-by': 'holdfast' },
        ...(this.#ownerUid === null ? {} : { ownerReferences: [owner] }),
      },
      spec,
    }
    try {
      // A field that it does not know would be dropped, and the fault would be another one.
      const query = { fieldValidation: 'Strict', ...(options.dryRun ? { dryRun: 'All' } : {}) }
      const path = experimentPath(namespace, kind)
      const { body: created, ...times } = await this.cluster.api.call<Created>('POST', path, { query, body })
      this.#compare(created, times)
      return times
    } catch (cause) {
      throw refused(kind, this.cluster, cause)
    }
  }

  /** Removes whatever is left of the run. */
  end(deadlineMs: number): Promise<RunRemoval> {
    return removeRun(this.cluster, this.run, this.#kinds, deadlineMs)
  }

  /** Whole seconds, rounded down. */
  #compare({ metadata }: Created, { calledAtMs, repliedAtMs }: { calledAtMs: number; repliedAtMs: number }): void {
    const atMs = Date.parse(metadata.creationTimestamp)
    if (Number.isFinite(atMs)) this.clock.compare({ atMs, withinMs: 1000 }, { calledAtMs, seenAtMs: repliedAtMs })
  }
}

const refused = (kind: string, cluster: Cluster, cause: unknown): HoldfastError => {
  const text = messageOf(cause).split('\n')[0] ?? ''
  if (text.includes('failed calling webhook')) {
    return new HoldfastError(`Chaos Mesh does not answer, so no ${kind} can be created: ${text}`, {
      hint: 'Is its controller running? kubectl -n chaos-mesh get pods',
      cause,
    })
  }
  if (hasStatus(cause, 404)) {
    return new HoldfastError(`Chaos Mesh is not installed in this cluster: it knows no ${kind}`, {
      hint: 'docs/kubernetes.md says how to install it.',
      cause,
    })
  }
  return clusterError(`no ${kind} can be created`, cluster, cause)
}
