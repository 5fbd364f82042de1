import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, rmdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { setTimeout as wait } from 'node:timers/promises'

/**
 * Ends a cluster when its owner lets go of our stdin: at the normal end, and when the owner was killed.
 * Usage: `node guard.ts <folder>`; each line on stdin is `+<pid>` or `-<pid>` of a process group.
 */
const [, , folder = ''] = process.argv
const groups = new Set<number>()

/** False when no process of the group is left. */
const signalGroup = (group: number, signal: NodeJS.Signals | 0): boolean => {
  try {
    process.kill(-group, signal)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false
    throw error
  }
}

/** What a node made for its pods in every hierarchy; the file `cgroup` in the folder names it. */
const cgroups = (): string[] => {
  const file = join(folder, 'cgroup')
  if (!existsSync(file)) return []
  const name = readFileSync(file, 'utf8')
  const root = '/sys/fs/cgroup'
  return ['.', ...readdirSync(root)].map((hierarchy) => join(root, hierarchy, name)).filter((path) => existsSync(path))
}

/**
 * The kernel removes a node's link with its network, but that only with its last connection: a minute later where some
 * were cut off.
 */
const removeLink = (): void => {
  const file = join(folder, 'link')
  if (!existsSync(file)) return
  const { status, stderr } = spawnSync('ip', ['link', 'delete', readFileSync(file, 'utf8')], { encoding: 'utf8' })
  if (status !== 0 && !stderr.includes('Cannot find device')) console.error(`a link of the tests stays: ${stderr}`)
}

const removeCgroup = (path: string): void => {
  for (const entry of readdirSync(path, { withFileTypes: true }))
    if (entry.isDirectory()) removeCgroup(join(path, entry.name))
  rmdirSync(path)
}

// Ctrl-C is meant for the owner, which then lets go.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {})

for await (const line of createInterface({ input: process.stdin })) {
  const group = Number(line.slice(1))
  if (line.startsWith('+')) groups.add(group)
  else groups.delete(group)
}
// Nothing in a cluster for a test is worth a polite end, and some of it does not end politely at all.
for (const group of groups) signalGroup(group, 'SIGKILL')
for (let tries = 0; tries < 200 && [...groups].some((group) => signalGroup(group, 0)); tries++) await wait(25)
for (const cgroup of cgroups()) removeCgroup(cgroup)
removeLink()
rmSync(folder, { recursive: true, force: true })
