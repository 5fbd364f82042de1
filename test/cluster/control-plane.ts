import { request } from 'node:https'
import type { Access } from './access.ts'
import type { ProgramName } from './binaries.ts'
import type { Processes } from './processes.ts'

export interface Ports {
  etcd: number
  etcdPeers: number
  apiServer: number
}

/** etcd and the API server; the same arguments again after one was killed. */
export const startApi = (processes: Processes, binaries: Record<ProgramName, string>, ports: Ports): void => {
  const etcd = `http://127.0.0.1:${ports.etcd}`
  const peers = `http://127.0.0.1:${ports.etcdPeers}`
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
  startApiServer(processes, binaries, ports)
}

export const startApiServer = (processes: Processes, binaries: Record<ProgramName, string>, ports: Ports): void =>
  processes.start('kube-apiserver', {
    path: binaries['kube-apiserver'],
    args: [
      `--etcd-servers=http://127.0.0.1:${ports.etcd}`,
      '--bind-address=127.0.0.1',
      '--advertise-address=127.0.0.1',
      `--secure-port=${ports.apiServer}`,
      '--endpoint-reconciler-type=none',
      '--authorization-mode=Node,RBAC',
      '--allow-privileged=true',
      '--client-ca-file=ca.crt',
      '--tls-cert-file=tls.crt',
      '--tls-private-key-file=tls.key',
      '--service-account-issuer=https://kubernetes.default.svc',
      '--service-account-key-file=sa.pub',
      '--service-account-signing-key-file=sa.key',
      '--service-cluster-ip-range=10.96.0.0/16',
    ],
  })

export const apiServerIsReady = ({ authorityPem, admin }: Access, port: number): Promise<boolean> =>
  new Promise((resolve) => {
    const options = {
      host: '127.0.0.1',
      port,
      path: '/readyz',
      ca: authorityPem,
      cert: admin.certificate,
      key: admin.key,
    }
    request({ ...options, agent: false, timeout: 5_000 }, (response) => {
      response.resume()
      resolve(response.statusCode === 200)
    })
      .on('error', () => resolve(false)) // not yet; the caller gives up after a while, with the server's log
      .end()
  })

/** They serve nothing, so they need no port. */
export const startControllers = (
  processes: Processes,
  binaries: Record<ProgramName, string>,
  { kubeconfigs }: Access,
): void => {
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
    ],
  })
  processes.start('kube-scheduler', { path: binaries['kube-scheduler'], args: common(kubeconfigs.scheduler) })
}
