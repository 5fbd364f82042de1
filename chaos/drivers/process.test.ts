import { type ChildProcess, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { afterEach, expect, test } from 'vitest'
import type { DriverContext } from './driver.ts'
import {
  isSameProcess,
  type ProcessStat,
  processesWithEnvironment,
  processStat,
  processTree,
  signalProcess,
} from './proc.ts'
import { processDriver } from './process.ts'

const started: ChildProcess[] = []
const stats: ProcessStat[] = []
afterEach(() => {
  for (const child of started.splice(0)) stats.push(...processTree(child.pid ?? 0))
  for (const { pid, startTicks } of stats.splice(0)) if (isSameProcess(pid, startTicks)) signalProcess(pid, 'SIGKILL')
})

const start = async (script = 'sleep 600 & echo ready; wait', env: Record<string, string> = {}) => {
  const child = spawn('sh', ['-c', script], { stdio: ['ignore', 'pipe', 'ignore'], env: { ...process.env, ...env } })
  started.push(child)
  await once(child.stdout, 'data')
  const pid = child.pid ?? 0
  return { child, pid, tree: processTree(pid) }
}

/** A context whose `db` is this process, and what was asked of it. */
const contextOf = (pid: () => number | null) => {
  const asked: string[] = []
  const context = {
    process: () => {
      const stat = processStat(pid() ?? 0)
      return stat && { instance: 'db', pid: stat.pid, startTicks: stat.startTicks }
    },
    hold: () => asked.push('hold'),
    release: () => asked.push('release'),
  } as unknown as DriverContext
  return { context, asked }
}
const driver = (action: 'kill' | 'hold' | 'freeze', context: DriverContext) =>
  processDriver({ driver: 'process', action, instance: 'db' }, context)
const states = (tree: ProcessStat[]) => tree.map(({ pid }) => processStat(pid)?.state)

test.each(['kill', 'hold', 'freeze'] as const)(
  '%s of what is not running says so, and its undo is safe',
  async (action) => {
    const { context } = contextOf(() => null)
    const fault = driver(action, context)
    await expect(fault.inject()).rejects.toThrow('db is not running, so it cannot be hit')
    await fault.undo?.()
    await fault.undo?.()
  },
)

test('kill ends the whole tree and is seen to have', async () => {
  const { pid, tree } = await start()
  const fault = driver('kill', contextOf(() => pid).context)
  expect(tree).toHaveLength(2)
  expect(fault.touches().map((ref) => ref.pid)).toEqual(tree.map((stat) => stat.pid))
  await fault.inject()
  expect(await fault.confirmActive()).toEqual({ ok: true, text: `db (pid ${pid}) is gone` })
  await expect.poll(() => states(tree)).toEqual([undefined, undefined])
  expect(fault.undo).toBeUndefined()
})

test('hold keeps it down first, and is removed when a process plays it again', async () => {
  const first = await start()
  let current = first.pid
  const { context, asked } = contextOf(() => current)
  const fault = driver('hold', context)
  await fault.inject()
  expect(asked).toEqual(['hold'])
  expect(await fault.confirmActive()).toMatchObject({ ok: true })
  current = (await start()).pid
  await fault.undo?.()
  expect(asked).toEqual(['hold', 'release'])
  expect(await fault.confirmRemoved?.()).toEqual({ ok: true, text: `db was started again (pid ${current})` })
})

test('freeze stops every process of the tree, and undo lets each go on, twice over', async () => {
  const { pid, tree } = await start()
  const fault = driver('freeze', contextOf(() => pid).context)
  await fault.inject()
  expect(await fault.confirmActive()).toEqual({ ok: true, text: 'db: process states T T' })
  await fault.undo?.()
  await fault.undo?.()
  expect(await fault.confirmRemoved?.()).toMatchObject({ ok: true })
  expect(states(tree)).not.toContain('T')
})

test('freeze of a process that forks all the time stops all of it', async () => {
  const { pid } = await start('echo ready; while :; do sleep 0.01 & done')
  const fault = driver('freeze', contextOf(() => pid).context)
  await fault.inject()
  expect((await fault.confirmActive()).ok).toBe(true)
  const frozen = processTree(pid)
  expect(frozen.filter(({ state }) => state !== 'T')).toEqual([])
  stats.push(...frozen)
})

test.each(['kill', 'hold'] as const)('%s of a process that forks all the time leaves none of it', async (action) => {
  const mark = randomUUID()
  const { pid } = await start('echo ready; while :; do sleep 600 & sleep 0.002; done', { HOLDFAST_TEST_MARK: mark })
  const fault = driver(action, contextOf(() => pid).context)
  await fault.inject()
  expect(await fault.confirmActive()).toEqual({ ok: true, text: `db (pid ${pid}) is gone` })
  const left = processesWithEnvironment('HOLDFAST_TEST_MARK', mark)
  stats.push(...left)
  expect(left).toEqual([])
})

test('undo of a freeze reaches the children of a parent that has died meanwhile', async () => {
  const { child, pid, tree } = await start()
  stats.push(...tree)
  const fault = driver('freeze', contextOf(() => pid).context)
  await fault.inject()
  await fault.confirmActive()
  child.kill('SIGKILL')
  await once(child, 'exit')
  expect(states(tree)).toEqual([undefined, 'T'])
  await fault.undo?.()
  expect(await fault.confirmRemoved?.()).toMatchObject({ ok: true })
  await expect.poll(() => states(tree)).toEqual([undefined, 'S'])
})

test('a process that goes on by itself is seen not to be frozen', async () => {
  const { pid, tree } = await start()
  const fault = driver('freeze', contextOf(() => pid).context)
  await fault.inject()
  signalProcess(tree[1]?.pid ?? 0, 'SIGCONT')
  await expect.poll(() => states(tree)[1]).toBe('S')
  expect(await fault.confirmActive(AbortSignal.abort())).toMatchObject({ ok: false })
})
