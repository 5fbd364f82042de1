import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import { runCommand } from '../command.ts'

/**
 * What a node could leave on this machine outside of its folder, one line each: its link, mounts, processes that work in
 * the folder, packet filter rules of Kubernetes, cgroups, and the files of programs that put some where they are not told
 * to. Other programs may go on meanwhile, with links and rules of their own.
 */
export const tracesOf = async (folder: string): Promise<string[]> => {
  const [links, rules] = await Promise.all([
    runCommand(['ip', '-oneline', 'link', 'show', 'type', 'veth']),
    runCommand(['iptables-save']),
  ])
  return [
    ...Array.from(links.matchAll(/^\d+: (hf[^@:]+)/gm), ([, name]) => `link ${name}`),
    ...Array.from(rules.matchAll(/^-A .*(KUBE-|CNI-|10\.244\.).*$/gm), ([rule]) => rule),
    ...readFileSync('/proc/mounts', 'utf8')
      .split('\n')
      .filter((line) => line.includes(folder)),
    ...readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name) && workingFolder(name).startsWith(folder))
      .map((pid) => `process ${pid}`),
    ...['/sys/fs/cgroup', ...subfolders('/sys/fs/cgroup')].flatMap((at) =>
      subfolders(at).filter((path) => path.includes('/holdfast-')),
    ),
    ...['/opt', '/etc/cni', '/var/lib/cni', '/var/lib/cni/results', '/var/lib/kubelet'].flatMap((at) =>
      existsSync(at) ? readdirSync(at).map((name) => `${at}/${name}`) : [],
    ),
  ]
}

const subfolders = (at: string): string[] =>
  readdirSync(at, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => `${at}/${name}`)

const workingFolder = (pid: string): string => {
  try {
    return readlinkSync(`/proc/${pid}/cwd`)
  } catch {
    return '' // it has just ended, or is a thread of the kernel
  }
}
