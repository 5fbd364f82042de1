import { mkdirSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { projectDir } from '../binaries.ts'
import type { FullCluster } from './full-cluster.ts'
import { saveImages } from './images.ts'

/**
 * Deploys BatchSender's stand-in from its own manifests (systems/batchsender/kubernetes), with images that need no
 * registry. Resolves when every pod is Ready.
 * @param replicas by deployment, where not those of the manifests
 */
export const deployBatchSender = async (
  cluster: FullCluster,
  namespace: string,
  secret: string,
  replicas: Record<string, number> = {},
): Promise<void> => {
  const folder = join(cluster.folder, 'batchsender')
  mkdirSync(folder)
  const { postgres, nats, parts } = await saveImages('batchsender', folder)
  for (const { archive } of [postgres, nats, parts]) await cluster.importImage(archive)
  const images = { postgres, nats, 'holdfast/batchsender': parts }
  const overlay = {
    apiVersion: 'kustomize.config.k8s.io/v1beta1',
    kind: 'Kustomization',
    namespace,
    resources: [relative(folder, join(projectDir, 'systems/batchsender/kubernetes'))],
    images: Object.entries(images).map(([name, { reference }]) => {
      const [newName, newTag] = reference.split(':')
      return { name, newName, newTag }
    }),
    replicas: Object.entries(replicas).map(([name, count]) => ({ name, count })),
  }
  writeFileSync(join(folder, 'kustomization.yaml'), JSON.stringify(overlay, null, 2))
  await cluster.apply(
    ...[0, 1].map((n) => volume(`${folder}/volumes`, n)),
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'batchsender', namespace },
      stringData: { BATCHSENDER_WEBHOOK_SECRET: secret },
    },
  )
  await cluster.kubectl('apply', '--server-side', '--kustomize', folder)
  await cluster.apply(outside(namespace))
  for (const workload of workloads)
    await cluster.kubectl('rollout', 'status', workload, `--namespace=${namespace}`, '--timeout=120s')
}

/** Of the api on the node's own address, which every deployment has. */
export const outsidePort = 30080

const workloads = [
  'statefulset/postgres',
  'statefulset/nats',
  'deployment/provider',
  'deployment/api',
  'deployment/worker',
]

/** The api on a port of the node, as an ingress or a load balancer would offer it. */
const outside = (namespace: string) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name: 'api-outside', namespace },
  spec: {
    type: 'NodePort',
    selector: { 'app.kubernetes.io/name': 'api' },
    ports: [{ port: 8080, targetPort: 'http', nodePort: outsidePort }],
  },
})

/** A claim without a class gets one of these: there is nothing in the cluster that makes volumes. */
const volume = (folder: string, n: number) => ({
  apiVersion: 'v1',
  kind: 'PersistentVolume',
  metadata: { name: `volume-${n}` },
  spec: {
    capacity: { storage: '1Gi' },
    accessModes: ['ReadWriteOnce'],
    hostPath: { path: `${folder}/${n}`, type: 'DirectoryOrCreate' },
  },
})
