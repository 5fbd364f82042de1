import { ensureBinaries, ensureNodeBinaries } from '../binaries.ts'
import { startChaosMesh } from '../chaos-mesh.ts'
import { type Cluster, clusterOf } from '../cluster.ts'
import { startControlPlane } from '../control-plane.ts'
import { emptyFolder } from '../folder.ts'
import { createProcesses } from '../processes.ts'
import { startChaosDaemon } from './chaos-daemon.ts'
import { type ImportImage, startContainerd, startKubelet } from './kubelet.ts'
import { createNode } from './node.ts'

/** A cluster whose one node runs real pods, with Chaos Mesh's daemon. There is no registry: images are imported. */
export interface FullCluster extends Cluster {
  /** Takes an archive as of `docker save`. Pods must say `imagePullPolicy: Never` or `IfNotPresent`. */
  importImage: ImportImage
  /** Of the node, over a link that only this machine has. */
  nodeIp: string
}

/**
 * Starts a cluster inside namespaces of its own: of this machine it takes CPU, memory and one network link, and it leaves
 * nothing. `prepareMachine` says before whether the machine allows it.
 * @param folder a new or empty one for state and logs; by default in the system's temporary folder
 * @throws SetupError when the programs cannot be built; Error with a log's end when one does not become ready
 */
export const startFullCluster = async ({ folder = '' } = {}): Promise<FullCluster> => {
  const binaries = await ensureBinaries()
  const nodeBinaries = await ensureNodeBinaries()
  const home = emptyFolder(folder)
  const processes = createProcesses(home)
  try {
    const node = await createNode(home, processes, nodeBinaries.pause)
    processes.moveTo(node.enter)
    const site = { folder: home, processes, binaries, host: node.ip }
    const control = await startControlPlane(site)
    const importImage = await startContainerd(site, nodeBinaries, node)
    const controller = await startChaosMesh(site, control)
    await startKubelet(site, control, nodeBinaries, node)
    await startChaosDaemon(home, control, nodeBinaries, importImage)
    return { ...clusterOf(site, control, controller), importImage, nodeIp: node.ip }
  } catch (error) {
    await processes.close()
    throw error
  }
}
