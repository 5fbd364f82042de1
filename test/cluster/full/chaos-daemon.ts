import { chmodSync, copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { NodeBinaries } from '../binaries.ts'
import { chaosNamespace } from '../chaos-mesh.ts'
import type { ControlPlane } from '../control-plane.ts'
import { packImage } from './image.ts'
import type { ImportImage } from './kubelet.ts'

/** Stands for Chaos Mesh's own program of that name, which is no Go module: `--size 64MB --workers 1`. */
const memStress = `#!/bin/bash
workers=1 size=64M
while [ $# -gt 0 ]; do
  case $1 in
  --workers) workers=$2; shift ;;
  --size) size=\${2%iB}; size=\${size%B}; shift ;;
  esac
  shift
done
exec stress-ng --vm "$workers" --vm-keep --vm-bytes "$size"
`

/**
 * Chaos Mesh's daemon: a real one, as a DaemonSet. Its image is nearly empty; iptables, ipset, tc and stress-ng are those
 * of this machine, mounted read-only.
 */
export const startChaosDaemon = async (
  folder: string,
  control: ControlPlane,
  binaries: NodeBinaries,
  importImage: ImportImage,
): Promise<void> => {
  const programs = join(folder, 'chaos-daemon')
  mkdirSync(programs)
  copyFileSync(binaries['chaos-daemon'], join(programs, 'chaos-daemon'))
  copyFileSync(binaries['chaos-daemon-helper'], join(programs, 'cdh'))
  for (const name of ['nsexec', 'pause'] as const) copyFileSync(binaries[name], join(programs, name))
  writeFileSync(join(programs, 'memStress'), memStress)
  chmodSync(join(programs, 'memStress'), 0o755)
  const placeholder = { '/usr/local/bin/placeholder': binaries.pause }
  const image = { reference: 'local/chaos-daemon:1', files: placeholder, entrypoint: ['/usr/local/bin/placeholder'] }
  await importImage(await packImage(image, folder))
  await control.apply(service, daemonSet(folder, programs))
  const status = ['rollout', 'status', 'daemonset/chaos-daemon', `--namespace=${chaosNamespace}`, '--timeout=90s']
  await control.kubectl(...status)
}

const metadata = { name: 'chaos-daemon', namespace: chaosNamespace }
const labels = { app: 'chaos-daemon' }

const service = {
  apiVersion: 'v1',
  kind: 'Service',
  metadata,
  spec: {
    clusterIP: 'None',
    selector: labels,
    ports: [
      { name: 'grpc', port: 31767, targetPort: 'grpc' },
      { name: 'http', port: 31766, targetPort: 'http' },
    ],
  },
}

const daemonSet = (folder: string, programs: string) => {
  const volumes = {
    usr: '/usr',
    alternatives: '/etc/alternatives',
    programs,
    run: join(folder, 'run'),
    sys: '/sys',
  }
  const mount = (name: keyof typeof volumes, mountPath: string, more = {}) => ({ name, mountPath, ...more })
  const merged = (name: string) => mount('usr', `/${name}`, { subPath: name, readOnly: true })
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata,
    spec: {
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          hostPID: true,
          automountServiceAccountToken: false,
          terminationGracePeriodSeconds: 1,
          containers: [
            {
              name: 'chaos-daemon',
              image: 'local/chaos-daemon:1',
              imagePullPolicy: 'Never',
              command: [
                ...['/usr/local/bin/chaos-daemon', '--runtime', 'containerd'],
                ...['--http-port', '31766', '--grpc-port', '31767'],
                ...['--runtime-socket-path', '/host-run/containerd.sock'],
              ],
              env: [{ name: 'PATH', value: '/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' }],
              securityContext: { privileged: true },
              ports: [
                { name: 'grpc', containerPort: 31767 },
                { name: 'http', containerPort: 31766 },
              ],
              readinessProbe: { tcpSocket: { port: 'grpc' }, periodSeconds: 1 },
              volumeMounts: [
                mount('usr', '/usr', { readOnly: true }),
                ...['bin', 'sbin', 'lib', 'lib64'].map(merged),
                mount('alternatives', '/etc/alternatives', { readOnly: true }),
                mount('programs', '/usr/local/bin'),
                mount('run', '/host-run'),
                mount('sys', '/host-sys'),
              ],
            },
          ],
          volumes: Object.entries(volumes).map(([name, path]) => ({ name, hostPath: { path } })),
        },
      },
    },
  }
}
