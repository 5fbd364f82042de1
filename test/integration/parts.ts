import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { fstatSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { resolveTools, userPrefix } from '../../build/toolchain.ts'
import { isSameProcess, processTree, signalProcess } from '../../chaos/drivers/proc.ts'
import type { LocalLayout, ProcessSpec, System } from '../../model/system.ts'
import { reservePorts } from '../../run/ports.ts'
import { proxyPort } from '../../systems/lib/links.ts'

const projectDir = join(import.meta.dirname, '../..')

/** A stand-in's processes, started without proxies and without a supervisor. */
export interface Parts {
  layout: LocalLayout
  url: (name: string) => string
  pid: (name: string) => number
  start: (name: string) => Promise<void>
  /** Ends a process and waits for that; its exit code, or null when the signal ended it. */
  end: (name: string, signal: 'SIGKILL' | 'SIGTERM') => Promise<number | null>
  /** Stops a process and its children, or lets them go on. */
  freeze: (name: string, frozen: boolean) => void
  log: (name: string) => string
  stop: () => Promise<void>
}

export const startParts = async (
  system: System,
  setup: { weaknesses?: string[]; options?: Record<string, string> } = {},
): Promise<Parts> => {
  const { natsServer, postgres, initdb } = resolveTools(projectDir)
  const workDir = mkdtempSync(join(tmpdir(), `holdfast-${system.name}-`))
  const names = Object.entries(system.components).flatMap(([name, { replicas }]) => [
    name,
    ...Array.from({ length: replicas }, (_, i) => `${name}-${i + 1}`),
  ])
  const reserved = await reservePorts(names.length)
  // Without proxies the port of a proxy is that of its upstream.
  const port = (name: string): number => {
    const link = system.links.find(({ from, to }) => proxyPort(from, to) === name)
    const owner = link?.to ?? name
    if (!names.includes(owner)) throw new Error(`no port for ${name}`)
    return reserved(owner)
  }
  const layout = system.local?.({
    runId: 'test',
    projectDir,
    workDir,
    port,
    tools: { node: process.execPath, natsServer, postgres, initdb },
    asUser: userPrefix(),
    weaknesses: setup.weaknesses ?? [],
    options: setup.options ?? {},
  })
  if (!layout) throw new Error(`${system.title} has no local environment`)

  const children = new Map<string, ChildProcess>()
  const logFile = (name: string) => join(workDir, `${name}.log`)
  const spec = (name: string): ProcessSpec => {
    const found = layout.processes.find((process) => process.name === name)
    if (!found) throw new Error(`no process ${name}`)
    return found
  }
  const ended = (child: ChildProcess) =>
    child.exitCode !== null || child.signalCode !== null
      ? Promise.resolve()
      : new Promise<void>((resolve) => child.once('exit', () => resolve()))

  const start = async (name: string) => {
    const {
      command: [file = '', ...args],
      env,
      readiness,
    } = spec(name)
    const log = openSync(logFile(name), 'a')
    // What an earlier process of this name has said tells nothing of this one.
    const before = fstatSync(log).size
    const child = spawn(file, args, { env: { PATH: process.env.PATH, ...env }, stdio: ['ignore', log, log] })
    children.set(name, child)
    await waitUntil(`${name} is ready`, async () => {
      if (child.exitCode !== null) throw new Error(`${name} ended: ${readFileSync(logFile(name), 'utf8')}`)
      if (readiness.kind !== 'http')
        return /ready to accept|Server is ready/.test(readFileSync(logFile(name)).subarray(before).toString())
      return (await fetch(readiness.url).catch(() => null))?.ok === true
    })
  }

  const killAll = () => {
    for (const child of children.values()) {
      if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) continue
      const children = childrenOf(child.pid)
      child.kill('SIGKILL')
      // PostgreSQL's children end when their parent is gone, unless they are frozen.
      for (const each of children) killIfThere(each)
    }
  }
  // For a test run that is itself cut short. By default a signal ends a process without `exit`.
  const cutShort = () => process.exit(1)
  process.on('exit', killAll).on('SIGTERM', cutShort).on('SIGINT', cutShort)
  const stop = async () => {
    process.off('exit', killAll).off('SIGTERM', cutShort).off('SIGINT', cutShort)
    killAll()
    await Promise.all([...children.values()].map(ended))
    rmSync(workDir, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 })
  }

  try {
    for (const { prepare } of layout.processes) {
      for (const [file = '', ...args] of prepare) execFileSync(file, args, { stdio: 'ignore' })
    }
    const ready = new Set<string>()
    while (ready.size < layout.processes.length) {
      const next = layout.processes
        .filter(({ name, after }) => !ready.has(name) && after.every((other) => ready.has(other)))
        .map(({ name }) => name)
      if (next.length === 0) throw new Error('parts wait for each other')
      await Promise.all(next.map(start))
      for (const name of next) ready.add(name)
    }
  } catch (error) {
    await stop()
    throw error
  }

  return {
    layout,
    url: (name) => `http://127.0.0.1:${port(name)}`,
    pid: (name) => children.get(name)?.pid ?? Number.NaN,
    start,
    end: async (name, signal) => {
      const child = children.get(name)
      if (!child) throw new Error(`${name} was not started`)
      // As the product kills: PostgreSQL's backends answer for a moment after their postmaster has gone.
      const below = signal === 'SIGKILL' && child.pid !== undefined ? processTree(child.pid).slice(1) : []
      child.kill(signal)
      for (const { pid } of below) signalProcess(pid, signal)
      await waitUntil(`${name}'s children are gone`, async () =>
        below.every(({ pid, startTicks }) => !isSameProcess(pid, startTicks)),
      )
      await ended(child)
      return child.exitCode
    },
    freeze: (name, frozen) => {
      const pid = children.get(name)?.pid
      if (pid === undefined) throw new Error(`${name} was not started`)
      for (const each of [pid, ...childrenOf(pid)]) process.kill(each, frozen ? 'SIGSTOP' : 'SIGCONT')
    },
    log: (name) => readFileSync(logFile(name), 'utf8'),
    stop,
  }
}

/** The direct children: all that PostgreSQL has. */
const childrenOf = (pid: number): number[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8')
    .trim()
    .split(' ')
    .filter((text) => text !== '')
    .map(Number)

const killIfThere = (pid: number): void => {
  try {
    process.kill(pid, 'SIGKILL')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error
  }
}

/** Looks every 20 ms until it is so; fails after 20 s with what was waited for. */
export const waitUntil = async (what: string, isSo: () => Promise<boolean>): Promise<void> => {
  const deadline = performance.now() + 20_000
  while (!(await isSo())) {
    if (performance.now() > deadline) throw new Error(`waited 20 s in vain until ${what}`)
    await sleep(20)
  }
}
