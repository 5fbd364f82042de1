import { contextName } from './access.ts'
import { ensureBinaries } from './binaries.ts'
import { type Controller, startChaosMesh } from './chaos-mesh.ts'
import { type ControlPlane, type Site, startControlPlane } from './control-plane.ts'
import { emptyFolder } from './folder.ts'
import type { Kubectl } from './kubectl.ts'
import { createProcesses } from './processes.ts'

/** A real API server with its controllers, and Chaos Mesh's controller with its admission webhooks. */
export interface Cluster extends Omit<Kubectl, 'create'> {
  /** Path of the administrator's kubeconfig. It has no current context. */
  kubeconfig: string
  context: string
  /** Logs of every process, as `<name>.log`. Removed at the end. */
  folder: string
  /** Chaos Mesh's controller and with it its webhooks: ended at once, as in a crash. */
  stopController: () => Promise<void>
  startController: () => Promise<void>
  /** Ended at once, as in a crash, and started again on the same port and data. Resolves when it is ready. */
  restartApiServer: () => Promise<void>
  stop: () => Promise<void>
}

/** What a test gets to hold of a cluster whose parts run. */
export const clusterOf = (
  { folder, processes }: Site,
  { access, kubectlCommand, kubectl, apply, restartApiServer }: ControlPlane,
  controller: Controller,
): Cluster => ({
  kubeconfig: access.kubeconfigs.admin,
  context: contextName,
  folder,
  kubectlCommand,
  kubectl,
  apply,
  stopController: controller.stop,
  startController: controller.start,
  restartApiServer,
  stop: processes.close,
})

/**
 * Starts a cluster of its own on free ports of 127.0.0.1. kwok plays the nodes: pods become Ready without containers.
 * It ends with `stop`, or with the process that started it.
 * @param folder a new or empty one for state and logs; by default in the system's temporary folder
 * @throws SetupError when the programs cannot be built; Error with a log's end when one does not become ready
 */
export const startCluster = async ({ folder = '', nodes = 2 } = {}): Promise<Cluster> => {
  const binaries = await ensureBinaries()
  const home = emptyFolder(folder)
  const processes = createProcesses(home)
  try {
    const site = { folder: home, processes, binaries, host: '127.0.0.1' }
    const control = await startControlPlane(site)
    const { kubectl, access } = control
    await control.create(Array.from({ length: nodes }, (_, n) => kwokNode(`kwok-${n}`)))
    const kwokArgs = [`--kubeconfig=${access.kubeconfigs.kwok}`, '--manage-all-nodes=true', '--node-ip=127.0.0.1']
    processes.start('kwok', { path: binaries.kwok, args: kwokArgs })
    const controller = await startChaosMesh(site, control)
    await kubectl('wait', '--for=create', 'serviceaccount/default', '--namespace=default', '--timeout=90s')
    await kubectl('wait', '--for=condition=Ready', 'node', '--all', '--timeout=90s')
    return clusterOf(site, control, controller)
  } catch (error) {
    await processes.close()
    throw error
  }
}

const kwokNode = (name: string) => ({
  apiVersion: 'v1',
  kind: 'Node',
  metadata: {
    name,
    annotations: { 'kwok.x-k8s.io/node': 'fake' },
    labels: { 'kubernetes.io/hostname': name, type: 'kwok' },
  },
  status: {
    allocatable: { cpu: '32', memory: '256Gi', pods: '110' },
    capacity: { cpu: '32', memory: '256Gi', pods: '110' },
  },
})
