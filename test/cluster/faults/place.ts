import { connect } from '../../../chaos/drivers/kube/connect.ts'
import { type ChaosEvent, eventTimeMs } from '../../../chaos/mesh/edges.ts'
import type { SharedCluster } from '../shared.ts'
import { deployment } from './objects.ts'
import type { Place } from './run.ts'

let count = 0

/** A namespace of its own for a test, with three pods of `web` and one of `db`. */
export const newPlace = async (cluster: SharedCluster): Promise<Place> => {
  const namespace = `n${process.pid}-${count++}`
  const apps = ['web', 'db']
  await cluster.apply(
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
    deployment(namespace, 'web', 3),
    deployment(namespace, 'db', 1),
  )
  for (const app of apps)
    await cluster.kubectl('rollout', 'status', `deployment/${app}`, `--namespace=${namespace}`, '--timeout=90s')
  return { kubeconfig: cluster.kubeconfig, context: cluster.context, namespace }
}

const kinds = ['podchaos', 'networkchaos', 'stresschaos', 'configmaps', 'lease']

/** Names of everything that a run of Holdfast left there: what carries its label, and the lock. */
export const leftIn = async (cluster: SharedCluster, { namespace }: Place): Promise<string> =>
  (
    await cluster.kubectl(
      ...['get', kinds.join(','), '-n', namespace, '-l', 'app.kubernetes.io/managed-by=holdfast', '-o', 'name'],
    )
  ).trim()

/** Images of each pod of the namespace, in the order in which it had them, from now until `end`. */
export const followImages = async (place: Place): Promise<{ end: () => Map<string, string[]> }> => {
  const { api } = await connect(place)
  const path = `/api/v1/namespaces/${place.namespace}/pods`
  const seen = new Map<string, string[]>()
  const note = ({ metadata, spec }: RawPod) => {
    const known = seen.get(metadata.name) ?? []
    const image = spec.containers[0]?.image ?? ''
    if (known.at(-1) !== image) seen.set(metadata.name, [...known, image])
  }
  const { metadata, items } = await api.get<{ metadata: { resourceVersion: string }; items: RawPod[] }>(path)
  for (const pod of items) note(pod)
  const stopping = new AbortController()
  const watching = async () => {
    const lines = api.watch<{ object: RawPod }>(path, { resourceVersion: metadata.resourceVersion }, stopping.signal)
    for await (const { object } of lines) note(object)
  }
  const watched = watching().catch((error: unknown) => {
    if (!stopping.signal.aborted) throw error
  })
  return {
    end: () => {
      stopping.abort()
      void watched
      return seen
    },
  }
}

interface RawPod {
  metadata: { name: string }
  spec: { containers: { image: string }[] }
}

/** Unix ms at which Chaos Mesh says that it injected and removed, in order. */
export const eventTimes = async (
  cluster: SharedCluster,
  { namespace }: Place,
): Promise<{ Applied: number[]; Recovered: number[] }> => {
  const { items } = JSON.parse(await cluster.kubectl('get', 'events', '-n', namespace, '-o', 'json')) as {
    items: ChaosEvent[]
  }
  const of = (reason: string) =>
    items
      .filter((event) => event.reason === reason)
      .flatMap((event) => eventTimeMs(event) ?? [])
      .toSorted((a, b) => a - b)
  return { Applied: of('Applied'), Recovered: of('Recovered') }
}
