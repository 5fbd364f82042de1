import { createHash } from 'node:crypto'
import { chaosMeshApiVersion, chaosMeshKinds } from '../../crds/chaos-mesh.ts'

/** Label of everything that a run creates in a cluster; its value is the run. */
export const runLabel = 'holdfast.dev/run'
/** The Lease that is the lock of a namespace. */
export const leaseName = 'holdfast'

const mostCharacters = 63

/** A run id as label values and names allow it: the same id gives the same name, and two ids never the same. */
export const runName = (runId: string): string => {
  const plain = runId
    .toLowerCase()
    .replaceAll(/[^a-z0-9-]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
  // Room for what is put before and behind it.
  if (plain === runId.toLowerCase() && plain.length <= mostCharacters - 20) return plain
  const hash = createHash('sha256').update(runId).digest('hex').slice(0, 8)
  return `${plain.slice(0, mostCharacters - 29).replace(/-+$/, '')}-${hash}`
}

/** The ConfigMap that owns all of a run; its deletion collects the rest. */
export const ownerName = (run: string): string => `holdfast-${run}`

const pluralOf = (kind: string): string => {
  const known = Object.hasOwn(chaosMeshKinds, kind) ? chaosMeshKinds[kind as keyof typeof chaosMeshKinds] : undefined
  if (!known) throw new Error(`${kind} is no kind of Chaos Mesh`)
  return known.plural
}

/** Path of the resources of a kind, or of one of them. */
export const experimentPath = (namespace: string, kind: string, name?: string): string =>
  `/apis/${chaosMeshApiVersion}/namespaces/${namespace}/${pluralOf(kind)}${name === undefined ? '' : `/${name}`}`

export const configMapPath = (namespace: string, name?: string): string =>
  `/api/v1/namespaces/${namespace}/configmaps${name === undefined ? '' : `/${name}`}`

export const leasePath = (namespace: string, name = leaseName): string =>
  `/apis/coordination.k8s.io/v1/namespaces/${namespace}/leases${name === '' ? '' : `/${name}`}`

/** A command with which a person can look at it. */
export const kubectl = (ref: { context: string | null; namespace: string }, words: string): string =>
  `kubectl${ref.context === null ? '' : ` --context ${ref.context}`} -n ${ref.namespace} ${words}`

export const resourceWord = (kind: string): string => `${pluralOf(kind)}.chaos-mesh.org`
