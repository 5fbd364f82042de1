import { request } from 'node:https'
import { reservePorts } from '../../run/ports.ts'
import { type Access, contextName, writeAccess } from './access.ts'
import type { Binaries } from './binaries.ts'
import { type Kubectl, kubectlFor } from './kubectl.ts'
import type { Processes } from './processes.ts'

/** Where a cluster lives: its folder, its processes, and the address that its servers listen on. */
export interface Site {
  folder: string
  processes: Processes
  binaries: Binaries
  host: string
}

export interface ControlPlane extends Kubectl {
  access: Access
  /** Ended at once, as in a crash, and started again on the same port and data. Resolves when it is ready. */
  restartApiServer: () => Promise<void>
}

export const serviceRange = '10.96.0.0/16'

/** etcd, the API server, controller-manager and scheduler; resolves when the API is ready. */
export const startControlPlane = async (site: Site): Promise<ControlPlane> => {
  const { folder, processes, binaries, host } = site
  const port = await reservePorts(3)
  const access = writeAccess(folder, host, port('api server'))
  const etcd = `http://127.0.0.1:${port('etcd')}`
  const peers = `http://127.0.0.1:${port('etcd peers')}`
  processes.start('etcd', {
    path: binaries.etcd,
    args: [
      '--name=e',
      '--data-dir=etcd',
      '--unsafe-no-fsync', // a cluster that is thrown away need not survive a power cut
      `--listen-client-urls=${etcd}`,
      `--advertise-client-urls=${etcd}`,
      `--listen-peer-urls=${peers}`,
      `--initial-advertise-peer-urls=${peers}`,
      `--initial-cluster=e=${peers}`,
    ],
  })
  const startApiServer = async () => {
    processes.start('kube-apiserver', {
      path: binaries['kube-apiserver'],
      args: apiServerArgs(site, port('api server'), etcd),
    })
    await processes.until('kube-apiserver', () => isReady(access, host, port('api server')))
  }
  await startApiServer()
  startControllers(site, access)

  const kubectlCommand = [binaries.kubectl, `--kubeconfig=${access.kubeconfigs.admin}`, `--context=${contextName}`]
  return {
    access,
    ...kubectlFor(kubectlCommand),
    restartApiServer: async () => {
      await processes.kill('kube-apiserver')
      await startApiServer()
    },
  }
}

const apiServerArgs = ({ host }: Site, port: number, etcd: string): string[] => [
  `--etcd-servers=${etcd}`,
  `--bind-address=${host}`,
  `--advertise-address=${host}`,
  `--secure-port=${port}`,
  // Its Service must lead to an address that pods reach; a loopback address is none.
  `--endpoint-reconciler-type=${host === '127.0.0.1' ? 'none' : 'lease'}`,
  '--authorization-mode=Node,RBAC',
  '--enable-admission-plugins=NodeRestriction',
  '--allow-privileged=true',
  '--client-ca-file=ca.crt',
  '--tls-cert-file=tls.crt',
  '--tls-private-key-file=tls.key',
  '--kubelet-certificate-authority=ca.crt',
  '--kubelet-client-certificate=api-server.crt',
  '--kubelet-client-key=api-server.key',
  '--kubelet-preferred-address-types=InternalIP',
  '--service-account-issuer=https://kubernetes.default.svc',
  '--service-account-key-file=sa.pub',
  '--service-account-signing-key-file=sa.key',
  `--service-cluster-ip-range=${serviceRange}`,
]

const isReady = ({ authorityPem, admin }: Access, host: string, port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const { certificate: cert, key } = admin
    const options = { host, port, path: '/readyz', ca: authorityPem, cert, key, agent: false, timeout: 5_000 }
    request(options, (response) => {
      response.resume()
      resolve(response.statusCode === 200)
    })
      .on('error', () => resolve(false)) // not yet; the caller gives up after a while, with the server's log
      .end()
  })

/** They serve nothing, so they need no port. */
const startControllers = ({ processes, binaries }: Site, { kubeconfigs }: Access): void => {
  const common = (kubeconfig: string) => [
    `--kubeconfig=${kubeconfig}`,
    `--authentication-kubeconfig=${kubeconfig}`,
    `--authorization-kubeconfig=${kubeconfig}`,
    '--secure-port=0',
    '--leader-elect=false',
  ]
  processes.start('kube-controller-manager', {
    path: binaries['kube-controller-manager'],
    args: [
      ...common(kubeconfigs['controller-manager']),
      '--use-service-account-credentials=true',
      '--service-account-private-key-file=sa.key',
      '--root-ca-file=ca.crt',
      // A busy machine is no lost node: its pods would be said not to be ready, and stay so.
      '--node-monitor-grace-period=10m',
    ],
  })
  processes.start('kube-scheduler', { path: binaries['kube-scheduler'], args: common(kubeconfigs.scheduler) })
}
