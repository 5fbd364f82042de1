import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { nodeName } from '../access.ts'
import type { NodeBinaries } from '../binaries.ts'
import { runCommand } from '../command.ts'
import { type ControlPlane, type Site, serviceRange } from '../control-plane.ts'
import { packImage } from './image.ts'
import type { Node } from './node.ts'

export const pauseImage = 'docker.io/local/pause:1'
const podRange = '10.244.0.0/24'

/** Puts an image (an archive as of `docker save`) into the node. */
export type ImportImage = (archive: string) => Promise<void>

/** containerd and what pods need to start. */
export const startContainerd = async (site: Site, binaries: NodeBinaries, node: Node): Promise<ImportImage> => {
  const { folder, processes } = site
  for (const name of ['run', 'cni/bin', 'cni/net.d']) mkdirSync(join(folder, name), { recursive: true })
  for (const name of ['bridge', 'loopback', 'host-local'] as const)
    symlinkSync(binaries[name], join(folder, 'cni/bin', name))
  writeFileSync(join(folder, 'cni/net.d/10-pods.conflist'), JSON.stringify(network(folder)))
  writeFileSync(join(folder, 'containerd.toml'), containerdConfig(folder, await snapshotter(folder, node)))
  processes.start('containerd', { path: 'containerd', args: ['--config', join(folder, 'containerd.toml')] })
  const ctr = (...args: string[]) => node.enter(['ctr', '-a', join(folder, 'run/containerd.sock'), ...args])
  const answers = () =>
    runCommand(ctr('version')).then(
      () => true,
      () => false, // not yet; the caller gives up after a while, with containerd's log
    )
  await processes.until('containerd', answers)
  const importImage: ImportImage = async (archive) => {
    await runCommand(ctr('--namespace=k8s.io', 'images', 'import', archive))
  }
  const pause = { reference: 'local/pause:1', files: { '/pause': binaries.pause }, entrypoint: ['/pause'] }
  await importImage(await packImage(pause, folder))
  return importImage
}

/** kubelet, the services' addresses (kube-proxy) and their names (CoreDNS). Resolves when the node is Ready. */
export const startKubelet = async (site: Site, control: ControlPlane, binaries: NodeBinaries, node: Node) => {
  const { folder, processes } = site
  const { kubeconfigs } = control.access
  writeFileSync(join(folder, 'resolv.conf'), '') // there is nothing outside of the cluster
  writeFileSync(join(folder, 'kubelet.json'), JSON.stringify(kubeletConfig(folder, node), null, 2))
  writeFileSync(join(folder, 'Corefile'), corefile(kubeconfigs.dns))
  processes.start('kubelet', {
    path: binaries.kubelet,
    args: [
      `--config=${join(folder, 'kubelet.json')}`,
      `--kubeconfig=${kubeconfigs.kubelet}`,
      `--hostname-override=${nodeName}`,
      `--node-ip=${node.ip}`,
      `--root-dir=${join(folder, 'kubelet')}`,
    ],
  })
  processes.start('kube-proxy', {
    path: binaries['kube-proxy'],
    args: [
      `--kubeconfig=${kubeconfigs['kube-proxy']}`,
      `--hostname-override=${nodeName}`,
      '--proxy-mode=iptables',
      `--cluster-cidr=${podRange}`,
      '--conntrack-max-per-core=0', // the machine's own
    ],
  })
  processes.start('coredns', { path: binaries.coredns, args: ['-conf', join(folder, 'Corefile')] })
  // To reach a service from the node itself; its address is translated only after a route was found.
  await runCommand(node.enter(['ip', 'route', 'add', serviceRange, 'dev', 'eth0']))
  await processes.until('kubelet', async () => (await control.kubectl('get', 'nodes', '-o', 'name')) !== '')
  await control.kubectl('wait', '--for=condition=Ready', `node/${nodeName}`, '--timeout=60s')
}

/** Where the folder is itself on an overlay, as in a container, another cannot lie on it: then layers are copied. */
const snapshotter = async (folder: string, { enter }: Node): Promise<'overlayfs' | 'native'> => {
  const at = (name: string) => join(folder, 'overlay', name)
  for (const name of ['lower', 'upper', 'work', 'merged']) mkdirSync(at(name), { recursive: true })
  const options = `lowerdir=${at('lower')},upperdir=${at('upper')},workdir=${at('work')}`
  const mount = ['mount', '-t', 'overlay', 'overlay', '-o', options, at('merged')]
  const mounted = await runCommand(enter(mount)).then(
    () => true,
    () => false,
  )
  if (mounted) await runCommand(enter(['umount', at('merged')]))
  return mounted ? 'overlayfs' : 'native'
}

const containerdConfig = (folder: string, snapshotter: string): string => `
version = 2
root = "${folder}/containerd"
state = "${folder}/run/containerd"
[grpc]
  address = "${folder}/run/containerd.sock"
[ttrpc]
  address = "${folder}/run/containerd-ttrpc.sock"
[plugins."io.containerd.internal.v1.opt"]
  path = "${folder}/opt"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "${pauseImage}"
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "${folder}/cni/bin"
    conf_dir = "${folder}/cni/net.d"
  [plugins."io.containerd.grpc.v1.cri".containerd]
    snapshotter = "${snapshotter}"
`

const network = (folder: string) => ({
  cniVersion: '1.0.0',
  name: 'pods',
  plugins: [
    {
      type: 'bridge',
      bridge: 'pods0',
      isGateway: true,
      hairpinMode: true,
      ipam: {
        type: 'host-local',
        dataDir: `${folder}/cni/ipam`,
        ranges: [[{ subnet: podRange }]],
        routes: [{ dst: '0.0.0.0/0' }],
      },
    },
  ],
})

const kubeletConfig = (folder: string, { ip, cgroup }: Node) => ({
  apiVersion: 'kubelet.config.k8s.io/v1beta1',
  kind: 'KubeletConfiguration',
  authentication: {
    anonymous: { enabled: false },
    webhook: { enabled: true },
    x509: { clientCAFile: `${folder}/ca.crt` },
  },
  authorization: { mode: 'Webhook' },
  tlsCertFile: `${folder}/tls.crt`,
  tlsPrivateKeyFile: `${folder}/tls.key`,
  clusterDNS: [ip],
  clusterDomain: 'cluster.local',
  resolvConf: `${folder}/resolv.conf`,
  containerRuntimeEndpoint: `unix://${folder}/run/containerd.sock`,
  volumePluginDir: `${folder}/volume-plugins`,
  cgroupDriver: 'cgroupfs',
  cgroupRoot: `/${cgroup}`,
  failCgroupV1: false,
  failSwapOn: false,
  enforceNodeAllocatable: [],
  localStorageCapacityIsolation: false,
  // Pods of a test are never evicted for what else runs on this machine.
  evictionHard: {
    'memory.available': '0%',
    'nodefs.available': '0%',
    'nodefs.inodesFree': '0%',
    'imagefs.available': '0%',
  },
  imageGCHighThresholdPercent: 100,
})

const corefile = (kubeconfig: string): string => `.:53 {
  errors
  kubernetes cluster.local {
    kubeconfig ${kubeconfig}
    ttl 1
  }
}
`
