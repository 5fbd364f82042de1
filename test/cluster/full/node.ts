import { randomBytes } from 'node:crypto'
import { existsSync, mkdirSync, readFileSync, statfsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { runCommand } from '../command.ts'
import type { Enter, Processes } from '../processes.ts'

/**
 * A machine within this one: network, mounts and processes of its own, as a virtual machine or a `kind` node would have.
 * When its first process ends, everything in it is gone: pods, mounts, bridges, iptables rules, its link to this machine.
 */
export interface Node {
  /** Its address, which only this machine reaches, over a link of its own. */
  ip: string
  enter: Enter
  /** Parent of its pods' cgroups. The guard removes it. */
  cgroup: string
}

/**
 * Nothing that containerd, kubelet or kube-proxy do to the machine shall reach the one that we are on. Kubelet insists on
 * sysctls of the whole machine; it finds its own values in plain files that lie over them.
 */
const setUp = `
set -e
# Kubelet and the CNI plugins have folders of their own in /var/lib, whatever they are told.
mkdir "$1/var-lib" && mount --rbind /var/lib "$1/var-lib"
mount -t tmpfs tmpfs /var/lib
for at in "$1"/var-lib/*/; do
  name=$(basename "$at")
  case $name in cni | kubelet) continue ;; esac
  mkdir "/var/lib/$name" && mount --rbind "$at" "/var/lib/$name"
done
umount --lazy "$1/var-lib"
mount --make-rshared /
mount -t tmpfs tmpfs /run
mkdir -p "$1/log" && mount --bind "$1/log" /var/log
mkdir "$1/sysctl"
for setting in vm/overcommit_memory=1 vm/panic_on_oom=0 kernel/panic=10 kernel/panic_on_oops=1 \\
  kernel/keys/root_maxkeys=1000000 kernel/keys/root_maxbytes=25000000; do
  file=$1/sysctl/$(basename "\${setting%=*}")
  echo "\${setting#*=}" >"$file"
  mount --bind "$file" "/proc/sys/\${setting%=*}"
done
echo 1 >/proc/sys/net/ipv4/ip_forward
[ ! -e /proc/sys/net/bridge/bridge-nf-call-iptables ] || echo 1 >/proc/sys/net/bridge/bridge-nf-call-iptables
ip link set lo up
touch "$1/node.ready"
exec "$2"
`

/** @param init holds the node's namespaces and takes up orphans; takes the path of our `pause` */
export const createNode = async (folder: string, processes: Processes, init: string): Promise<Node> => {
  const holder = processes.start('node', {
    path: 'unshare',
    args: [
      ...['--net', '--mount', '--pid', '--ipc', '--fork', '--kill-child', '--mount-proc'],
      ...['sh', '-c', setUp, 'node', folder, init],
    ],
  })
  await processes.until('node', async () => existsSync(join(folder, 'node.ready')))
  const namespaces = [
    `--net=/proc/${holder}/ns/net`,
    `--mount=/proc/${holder}/ns/mnt`,
    `--ipc=/proc/${holder}/ns/ipc`,
    `--pid=/proc/${holder}/ns/pid_for_children`,
  ]
  const enter: Enter = (command) => [
    ...['nsenter', ...namespaces, '--', 'sh', '-c', 'cd "$0" && exec "$@"', folder],
    ...command,
  ]
  return { ip: await link(folder, holder, enter), enter, cgroup: makeCgroup(folder) }
}

/** Two addresses for the link, out of a range that nothing here uses. The guard removes it. */
const link = async (folder: string, holder: number, enter: Enter): Promise<string> => {
  const routes = await runCommand(['ip', 'route', 'show', 'table', 'all'])
  for (let tries = 0; tries < 100; tries++) {
    const [third = 0, fourth = 0] = randomBytes(2)
    const network = `10.213.${third}`
    const first = fourth & 0xfc
    if (routes.includes(`${network}.`)) continue
    const name = `hf${randomBytes(4).toString('hex')}`
    const ip = `${network}.${first + 2}`
    writeFileSync(join(folder, 'link'), name)
    await runCommand(['ip', 'link', 'add', name, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', String(holder)])
    await runCommand(['ip', 'address', 'add', `${network}.${first + 1}/30`, 'dev', name])
    await runCommand(['ip', 'link', 'set', name, 'up'])
    await runCommand(enter(['ip', 'address', 'add', `${ip}/30`, 'dev', 'eth0']))
    await runCommand(enter(['ip', 'link', 'set', 'eth0', 'up']))
    return ip
  }
  throw new Error('no free network in 10.213.0.0/16 for the link to a node')
}

const cgroupRoot = '/sys/fs/cgroup'
const cgroup2Magic = 0x63677270

/** In each hierarchy of cgroup 1, or the one of cgroup 2. */
const makeCgroup = (folder: string): string => {
  const name = `holdfast-${randomBytes(4).toString('hex')}`
  writeFileSync(join(folder, 'cgroup'), name)
  if (statfsSync(cgroupRoot).type === cgroup2Magic) {
    mkdirSync(join(cgroupRoot, name))
    return name
  }
  const hierarchies = readFileSync('/proc/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' '))
    .filter(([, at = '', type]) => type === 'cgroup' && at.startsWith(`${cgroupRoot}/`))
  for (const [, at = ''] of hierarchies) mkdirSync(join(at, name), { recursive: true })
  return name
}
