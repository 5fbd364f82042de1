import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { afterEach, expect, test } from 'vitest'
import type { ProcessRef } from '../../model/event.ts'
import type { DriverContext } from './driver.ts'
import { isSameProcess, processStat, processTree, signalProcess } from './proc.ts'
import { stressDriver } from './stress.ts'

const helpers: ChildProcess[] = []
const refs: ProcessRef[] = []
afterEach(() => {
  for (const helper of helpers.splice(0)) helper.kill('SIGKILL')
  for (const { pid, startTicks } of refs.splice(0)) if (isSameProcess(pid, startTicks)) signalProcess(pid, 'SIGKILL')
})

const context = {
  cpus: () => null,
  startHelper: (instance: string, [file = '', ...args]: string[]) => {
    const child = spawn(file, args, { stdio: 'ignore', detached: true })
    helpers.push(child)
    const ref = { instance, pid: child.pid ?? 0, startTicks: processStat(child.pid ?? 0)?.startTicks ?? 0 }
    refs.push(ref)
    return ref
  },
  stopHelper: ({ pid }: ProcessRef) => {
    for (const stat of processTree(pid)) signalProcess(stat.pid, 'SIGKILL')
  },
} as unknown as DriverContext

const cpu = (deadlineMs: number) =>
  stressDriver({ driver: 'stress', resource: 'cpu', instance: 'api', workers: 1, loadRatio: 1, deadlineMs }, context)

test('an undo without an inject, and a second undo, are safe', async () => {
  const fault = cpu(60_000)
  await fault.undo?.()
  expect(await fault.confirmRemoved?.()).toMatchObject({ ok: true })
})

test('CPU stress burns, and is gone after the undo', async () => {
  const fault = cpu(60_000)
  await fault.inject()
  expect(await fault.confirmActive()).toMatchObject({ ok: true, text: expect.stringContaining('of CPU burnt') })
  await fault.undo?.()
  await fault.undo?.()
  expect(await fault.confirmRemoved?.()).toMatchObject({ ok: true })
})

test('one that is there is still active, one that has ended by itself is not', async () => {
  const { signal } = new AbortController()
  const fault = cpu(60_000)
  await fault.inject()
  expect(fault.stillActive?.(signal)).toMatchObject({ ok: true })
  const [helper] = helpers
  helper?.kill('SIGKILL')
  await once(helper as ChildProcess, 'exit')
  expect(fault.stillActive?.(signal)).toEqual({ ok: false, text: 'cpu stress on api: its process has ended' })
})

test('memory stress holds what it was told', async () => {
  const bytes = 64 * 2 ** 20
  const fault = stressDriver(
    { driver: 'stress', resource: 'memory', instance: 'api', bytes, deadlineMs: 60_000 },
    context,
  )
  await fault.inject()
  expect(await fault.confirmActive()).toMatchObject({ ok: true })
  const [ref] = refs
  expect(processStat(ref?.pid ?? 0)?.residentBytes).toBeGreaterThan(bytes)
  await fault.undo?.()
  expect(await fault.confirmRemoved?.()).toMatchObject({ ok: true })
})

test('a stress process whose parent is gone ends at its deadline', async () => {
  const program = new URL('stress-main.ts', import.meta.url).pathname
  for (const figures of ['cpu 1 0.5 700', 'memory 1000000 700']) {
    // The shell ends at once and leaves it alone.
    const shell = spawn('sh', ['-c', `"${process.execPath}" "${program}" ${figures} > /dev/null 2>&1 & echo $!`], {
      stdio: ['ignore', 'pipe', 'ignore'],
    })
    const [text] = await once(shell.stdout, 'data')
    const pid = Number(String(text))
    expect(pid).toBeGreaterThan(0)
    // On a busy machine it may have ended before this first look.
    const startTicks = processStat(pid)?.startTicks ?? 0
    refs.push({ instance: 'stress', pid, startTicks })
    await expect.poll(() => isSameProcess(pid, startTicks)).toBe(false)
  }
})

test('a stress process that has ended is not active', async () => {
  const fault = cpu(1)
  await fault.inject()
  await once(helpers[0] as ChildProcess, 'exit')
  expect(await fault.confirmActive(AbortSignal.abort())).toEqual({
    ok: false,
    text: 'cpu stress on api: its process is gone',
  })
})
