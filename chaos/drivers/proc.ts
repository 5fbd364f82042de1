import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'

/** What `/proc/<pid>/stat` tells of a process. */
export interface ProcessStat {
  pid: number
  parentPid: number
  /** Pid of the process that began its session, also when that one is gone; of its process group on macOS. */
  sessionId: number
  /** `R`, `S`, `D`, `T` (stopped), `Z` (zombie), ... */
  state: string
  /** CPU time of the process and its waited-for children is not included. */
  cpuSeconds: number
  /** Start time in clock ticks since boot: tells a process from a later one with the same pid. */
  startTicks: number
  residentBytes: number
}

const ticksPerSecond = 100
/** Of the auxiliary vector, by which the kernel tells every program the size of its pages: 4, 16 or 64 KiB. */
const auxPageSize = 6n

/** From `/proc/self/auxv`: pairs of 64-bit numbers, type and value. */
export const pageBytesIn = (auxv: Buffer): number => {
  for (let at = 0; at + 16 <= auxv.length; at += 16)
    if (auxv.readBigUInt64LE(at) === auxPageSize) return Number(auxv.readBigUInt64LE(at + 8))
  // 32-bit or big-endian: such kernels have no other size.
  return 4096
}

let pageBytes: number | null = null
const bytesPerPage = (): number => (pageBytes ??= pageBytesIn(readFileSync('/proc/self/auxv')))

/** Figures of a live process, or null when it is gone. A zombie counts as gone: it does nothing any more. */
export const processStat = (pid: number): ProcessStat | null => {
  const stat = process.platform === 'linux' ? linuxStat(pid) : psStat(pid)
  return stat === null || stat.state === 'Z' || stat.state === 'X' ? null : stat
}

const linuxStat = (pid: number): ProcessStat | null => {
  let text: string
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'utf8')
  } catch {
    return null
  }
  // The name is in parentheses and may hold spaces and parentheses itself: fields count from the last ')'.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  const field = (number: number): number => Number(fields[number - 3])
  return {
    pid,
    parentPid: field(4),
    sessionId: field(6),
    state: fields[0] ?? '',
    cpuSeconds: (field(14) + field(15)) / ticksPerSecond,
    startTicks: field(22),
    residentBytes: field(24) * bytesPerPage(),
  }
}

/** The same from `ps`, where there is no /proc (macOS). */
const psStat = (pid: number): ProcessStat | null => {
  try {
    const out = execFileSync('ps', ['-o', 'ppid=,pgid=,state=,time=,rss=,lstart=', '-p', String(pid)], {
      encoding: 'utf8',
    })
    const match = /^\s*(\d+)\s+(\d+)\s+(\S+)\s+(?:(\d+)-)?(?:(\d+):)?(\d+):([\d.]+)\s+(\d+)\s+(.+?)\s*$/.exec(out)
    if (!match) return null
    const [, parent, group, state, days, hours, minutes, seconds, rssKiB, started] = match
    return {
      pid,
      parentPid: Number(parent),
      sessionId: Number(group),
      state: (state ?? '').charAt(0),
      cpuSeconds: Number(days ?? 0) * 86_400 + Number(hours ?? 0) * 3600 + Number(minutes) * 60 + Number(seconds),
      startTicks: Math.round(Date.parse(started ?? '') / 1000) * ticksPerSecond,
      residentBytes: Number(rssKiB) * 1024,
    }
  } catch {
    return null
  }
}

/**
 * This boot of the machine: after the next one, pids and start ticks begin again and may meet other
 * processes. Empty where start times do not count from the boot (macOS).
 */
export const bootId = (): string => {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()
  } catch {
    return ''
  }
}

/** True while the very process is alive that had this pid and start time. */
export const isSameProcess = (pid: number, startTicks: number): boolean => processStat(pid)?.startTicks === startTicks

/** All live processes. */
const allProcesses = (): ProcessStat[] => {
  const pids =
    process.platform === 'linux'
      ? readdirSync('/proc').filter((name) => /^\d+$/.test(name))
      : execFileSync('ps', ['-axo', 'pid='], { encoding: 'utf8' }).trim().split(/\s+/)
  return pids.map((pid) => processStat(Number(pid))).filter((stat) => stat !== null)
}

/**
 * Looks at all processes once; the returned function gives a process and all its descendants,
 * parents first. PostgreSQL's backends leave its process group, so groups do not do.
 */
export const processForest = (): ((pid: number) => ProcessStat[]) => {
  const all = allProcesses()
  const byPid = new Map(all.map((stat) => [stat.pid, stat]))
  const children = Map.groupBy(all, (stat) => stat.parentPid)
  return (pid) => {
    const root = byPid.get(pid)
    const tree = root === undefined ? [] : [root]
    for (const stat of tree) tree.push(...(children.get(stat.pid) ?? []))
    return tree
  }
}

/** A process and all its descendants, parents first; empty when it is gone. */
export const processTree = (pid: number): ProcessStat[] => processForest()(pid)

/** All processes of these sessions: what has lost its parent is in no tree, and still in the session it began in. */
export const processesOfSessions = (ids: ReadonlySet<number>): ProcessStat[] =>
  ids.size === 0 ? [] : allProcesses().filter(({ sessionId }) => ids.has(sessionId))

/** Processes whose environment holds `name=value`: finds what a run started even when its ledger missed it (Linux). */
export const processesWithEnvironment = (name: string, value: string): ProcessStat[] => {
  if (process.platform !== 'linux') return []
  const wanted = `${name}=${value}`
  return allProcesses().filter((stat) => {
    try {
      return (
        stat.pid !== process.pid && readFileSync(`/proc/${stat.pid}/environ`, 'latin1').split('\0').includes(wanted)
      )
    } catch {
      return false // gone meanwhile, or another user's
    }
  })
}

/** Sends a signal; false when the process is gone. */
export const signalProcess = (pid: number, signal: NodeJS.Signals): boolean => {
  try {
    process.kill(pid, signal)
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false
    throw error
  }
}
