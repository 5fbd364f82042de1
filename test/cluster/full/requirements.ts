import { spawnSync } from 'node:child_process'

/** Programs that a node with real pods takes from the machine, and the Debian package of each. */
const packages = {
  containerd: 'containerd',
  ctr: 'containerd',
  runc: 'runc',
  iptables: 'iptables',
  ipset: 'ipset',
  ip: 'iproute2',
  tc: 'iproute2',
  'stress-ng': 'stress-ng',
  unshare: 'util-linux',
  nsenter: 'util-linux',
  gcc: 'gcc libc6-dev',
}

/**
 * Installs with apt what is missing.
 * @returns null when this machine can run real pods, otherwise why it cannot
 */
export const prepareMachine = (): string | null => {
  if (process.platform !== 'linux') return 'it needs Linux'
  if (process.getuid?.() !== 0) return 'it needs root'
  if (missing().length > 0) install(missing())
  const names = missing()
  if (names.length > 0) return `${names.join(', ')} is missing, and apt could not install it`
  const { status, stderr } = run('unshare', '--net', '--mount', '--pid', '--fork', '--mount-proc', 'sh', '-ec', trial)
  return status === 0 ? null : `the kernel or the container refuses what a node needs (${stderr.trim()})`
}

/** What a node does, in small, in namespaces of its own; only the cgroup is the machine's. */
const trial = `
mount -t tmpfs tmpfs /run
ip link add hf0 type veth peer name hf1
iptables -t nat -A POSTROUTING -s 10.244.0.0/24 -m comment --comment trial -j MASQUERADE
test -r /dev/kmsg
cgroups=/sys/fs/cgroup
[ ! -d $cgroups/memory ] || cgroups=$cgroups/memory
rmdir "$(mktemp -d $cgroups/holdfast-trial-XXXXXX)"
`

const missing = (): (keyof typeof packages)[] =>
  (Object.keys(packages) as (keyof typeof packages)[]).filter(
    (name) => run('sh', '-c', `PATH=$PATH:/usr/sbin:/sbin command -v ${name}`).status !== 0,
  )

const install = (names: (keyof typeof packages)[]): void => {
  if (run('sh', '-c', 'command -v apt-get').status !== 0) return
  const wanted = [...new Set(names.flatMap((name) => packages[name].split(' ')))]
  process.stderr.write(`· installing ${wanted.join(', ')} with apt\n`)
  run('apt-get', 'update', '--quiet')
  run('apt-get', 'install', '--yes', '--quiet', '--no-install-recommends', ...wanted)
}

const run = (command: string, ...args: string[]) =>
  spawnSync(command, args, { encoding: 'utf8', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } })
