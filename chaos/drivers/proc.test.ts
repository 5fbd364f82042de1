import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { afterEach, expect, test } from 'vitest'
import {
  isSameProcess,
  pageBytesIn,
  processesWithEnvironment,
  processStat,
  processTree,
  signalProcess,
} from './proc.ts'

const children: ChildProcess[] = []
afterEach(() => {
  for (const child of children.splice(0)) {
    for (const { pid } of processTree(child.pid ?? 0)) signalProcess(pid, 'SIGKILL')
  }
})

const start = (script: string, env: NodeJS.ProcessEnv = {}) => {
  const child = spawn('sh', ['-c', script], {
    stdio: ['pipe', 'pipe', 'ignore'],
    env: { PATH: process.env.PATH, ...env },
  })
  children.push(child)
  return { child, pid: child.pid ?? 0 }
}
const nobody = 2 ** 22 + 7

test('a pid that nobody has is null, not an error', () => {
  expect(processStat(nobody)).toBeNull()
  expect(processStat(0)).toBeNull()
  expect(processTree(nobody)).toEqual([])
  expect(isSameProcess(nobody, 0)).toBe(false)
  expect(signalProcess(nobody, 'SIGKILL')).toBe(false)
})

test('a later process with the same pid is another one', () => {
  const { startTicks = 0 } = processStat(process.pid) ?? {}
  expect(startTicks).toBeGreaterThan(0)
  expect(isSameProcess(process.pid, startTicks)).toBe(true)
  expect(isSameProcess(process.pid, startTicks - 1)).toBe(false)
})

test('a zombie counts as gone', async () => {
  // The shell becomes a sleep that never waits for its child.
  const { child, pid } = start('sleep 0.05 & echo $!; exec sleep 600')
  const [text] = await once(child.stdout as NonNullable<typeof child.stdout>, 'data')
  const zombie = Number(String(text))
  await expect.poll(() => processStat(zombie)).toBeNull()
  expect(processTree(pid).map((stat) => stat.pid)).toEqual([pid])
  process.kill(zombie, 0) // it has not been waited for: the kernel still knows it
})

test('a tree holds children that left the group and the session, parents first', async () => {
  const { pid } = start('setsid sh -c "sleep 601 & wait" & sleep 600 & wait')
  await expect.poll(() => processTree(pid).length).toBe(4)
  const tree = processTree(pid)
  expect(tree[0]?.pid).toBe(pid)
  for (const [index, { parentPid }] of tree.entries()) {
    if (index > 0) expect(tree.slice(0, index).map((stat) => stat.pid)).toContain(parentPid)
  }
})

test('memory counts in the pages of this kernel, 16 and 64 KiB on some arm64', () => {
  const auxv = (...pairs: [number, number][]) => Buffer.from(BigUint64Array.from(pairs.flat().map(BigInt)).buffer)
  expect(pageBytesIn(auxv([33, 6], [16, 4096], [6, 65_536], [0, 0]))).toBe(65_536)
  expect(pageBytesIn(auxv([0, 0]))).toBe(4096)
  const kibInStatus = Number(/VmRSS:\s*(\d+) kB/.exec(readFileSync(`/proc/${process.ppid}/status`, 'latin1'))?.[1])
  const { residentBytes = 0 } = processStat(process.ppid) ?? {}
  expect(residentBytes / 1024 / kibInStatus).toBeCloseTo(1, 0)
})

test('a name with spaces and parentheses moves no field', () => {
  const { pid } = start('cat')
  const named = spawn(
    process.execPath,
    ['-e', 'process.title = "a) R (b c"; setInterval(() => {}, 1e6); console.log("x")'],
    {
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  )
  children.push(named)
  return once(named.stdout, 'data').then(() => {
    expect(processStat(named.pid ?? 0)?.parentPid).toBe(process.pid)
    expect(processStat(pid)?.parentPid).toBe(process.pid)
  })
})

test('state, memory and CPU are those of the process', async () => {
  const { pid } = start('exec sleep 600')
  signalProcess(pid, 'SIGSTOP')
  await expect.poll(() => processStat(pid)?.state).toBe('T')
  signalProcess(pid, 'SIGCONT')
  await expect.poll(() => processStat(pid)?.state).toBe('S')
  const self = processStat(process.pid)
  expect(self?.residentBytes).toBeGreaterThan(0.5 * process.memoryUsage.rss())
  expect(self?.residentBytes).toBeLessThan(2 * process.memoryUsage.rss())
  const usage = process.cpuUsage()
  expect(self?.cpuSeconds).toBeCloseTo((usage.user + usage.system) / 1e6, 0)
})

test.skipIf(process.platform !== 'linux')(
  'processes are found by the whole of a variable, never by a part of it',
  async () => {
    const { pid } = start('exec sleep 600', { HOLDFAST_RUN: 'proc-test-12' })
    await expect
      .poll(() => processesWithEnvironment('HOLDFAST_RUN', 'proc-test-12').map((stat) => stat.pid))
      .toEqual([pid])
    expect(processesWithEnvironment('HOLDFAST_RUN', 'proc-test-1')).toEqual([])
    expect(processesWithEnvironment('RUN', 'proc-test-12')).toEqual([])
  },
)
