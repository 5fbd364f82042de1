import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { accessSync, constants, existsSync, readFileSync, statfsSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { HoldfastError, messageOf } from '../../model/errors.ts'

/** One line of `holdfast doctor`. A warning says what will not work; a failure, that nothing will. */
export interface Finding {
  name: string
  state: 'ok' | 'warning' | 'failed'
  detail: string
  /** How to fix it. */
  hint?: string
}

type Looked = Omit<Finding, 'name'>

/** Ports that the largest system of the local environment takes at once, and some. */
const portsNeeded = 30
const minFreeMb = 500
const lowFreeMb = 2000

/** What a look at one thing found; an error is a finding, with its hint. */
export const finding = async (name: string, look: () => Looked | Promise<Looked>): Promise<Finding> => {
  try {
    return { name, ...(await look()) }
  } catch (error) {
    const hint = error instanceof HoldfastError ? error.hint : (error as { hint?: string }).hint
    return { name, state: 'failed', detail: messageOf(error).trim(), ...(hint === undefined ? {} : { hint }) }
  }
}

/** What the machine must offer: CPUs that can be set apart, loopback ports, room for records. */
export const checkMachine = (projectDir: string): Promise<Finding[]> =>
  Promise.all([
    finding('CPUs', () => cpuFinding(availableParallelism(), cgroupCpus())),
    finding('CPU affinity', affinity),
    finding('loopback ports', freePorts),
    finding('room in out/', () => roomIn(projectDir)),
  ])

/** @param quota CPUs that the cgroup grants, null when it sets no limit */
export const cpuFinding = (cpus: number, quota: number | null): Looked => {
  const detail = `${cpus}${quota === null ? '' : `, limited to ${quota} by the cgroup`}`
  if (Math.min(cpus, quota ?? cpus) >= 2) return { state: 'ok', detail }
  const hint =
    'The load generator shares its CPU with the system: its figures are of little worth; cpuStress is refused.'
  return { state: 'warning', detail, hint }
}

/** `cpu.max` of cgroup 2 (`<quota|max> <period>`) as CPUs; null without limit. */
export const parseCpuMax = (text: string): number | null => {
  const [quota = 'max', period = '100000'] = text.trim().split(' ')
  return quota === 'max' ? null : Math.round((Number(quota) / Number(period)) * 100) / 100
}

const cgroupCpus = (): number | null => {
  const file = '/sys/fs/cgroup/cpu.max'
  return existsSync(file) ? parseCpuMax(readFileSync(file, 'utf8')) : null
}

/** k6 and Holdfast are pinned apart from a component under stress by `taskset`, which only Linux has. */
const affinity = async (): Promise<Looked> => {
  if (process.platform !== 'linux') {
    return { state: 'warning', detail: 'not on this platform', hint: 'cpuStress needs Linux; all else works.' }
  }
  try {
    const { stdout } = await promisify(execFile)('taskset', ['-cp', String(process.pid)], { timeout: 10_000 })
    return { state: 'ok', detail: `CPUs ${stdout.trim().split(' ').at(-1)} may be used` }
  } catch (error) {
    const hint = 'Install util-linux (it has taskset): cpuStress and pinning need it.'
    return { state: 'warning', detail: messageOf(error).trim(), hint }
  }
}

const freePorts = async (): Promise<Looked> => {
  const servers: Server[] = []
  try {
    for (let n = 0; n < portsNeeded; n++) {
      const server = createServer().listen(0, '127.0.0.1')
      await once(server, 'listening')
      servers.push(server)
    }
    return { state: 'ok', detail: `${portsNeeded} free ports on 127.0.0.1` }
  } catch (error) {
    const detail = `only ${servers.length} of ${portsNeeded} ports can be opened on 127.0.0.1 (${messageOf(error)})`
    const hint = 'End programs that hold ports (`ss -ltn`), raise `ulimit -n`, or look at the loopback interface.'
    return { state: 'failed', detail, hint }
  } finally {
    await Promise.all(servers.map((server) => once(server.close(), 'close')))
  }
}

const roomIn = (projectDir: string): Looked => {
  const out = join(projectDir, 'out')
  const folder = existsSync(out) ? out : projectDir
  const { bavail, bsize } = statfsSync(folder)
  const freeMb = Math.floor((bavail * bsize) / 1e6)
  const detail = `${freeMb} MB free in ${folder}`
  try {
    accessSync(folder, constants.W_OK)
  } catch {
    return {
      state: 'failed',
      detail: `${folder} is not writable`,
      hint: `Give yourself the right to write to ${folder}.`,
    }
  }
  if (freeMb >= lowFreeMb) return { state: 'ok', detail }
  const hint = 'Remove old records (`holdfast list` shows them), or write elsewhere with --out.'
  return { state: freeMb >= minFreeMb ? 'warning' : 'failed', detail, hint }
}
