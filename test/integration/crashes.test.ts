import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { RunEvent } from '../../model/event.ts'
import { endStarted } from '../started.ts'
import { watchdogsOf } from './processes.ts'
import {
  expectNothingLeft,
  expectReadableRecord,
  expectRemovedInOrder,
  inTheMiddle,
  processesOf,
  startTiny,
  type TinyRun,
} from './tiny-run.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-crashes-'))
})
afterAll(async () => {
  await endStarted()
  rmSync(folder, { recursive: true, force: true })
})

const pidOf = (run: TinyRun, instance: string): number => {
  const started = run.events().find((event) => event.type === 'process.started' && event.instance === instance)
  if (started?.type !== 'process.started') throw new Error(`${instance} was not started`)
  return started.pid
}
const errorsOf = (events: RunEvent[]) => events.flatMap((event) => (event.type === 'error' ? [event.message] : []))
const removedOf = (events: RunEvent[]) =>
  events.flatMap((event) => (event.type === 'fault.provenRemoved' ? [event.fault] : []))

test.each([
  ['k6', 'k6 ended with SIGKILL'],
  ['toxiproxy', 'toxiproxy has ended by itself'],
])(
  '%s is killed in the middle of four faults: all are removed, and the record says what happened',
  async (instance, error) => {
    const run = startTiny(folder, 'long')
    await inTheMiddle(run)
    process.kill(pidOf(run, instance), 'SIGKILL')
    expect([await run.exit, run.said()]).toEqual([0, expect.stringContaining(`crashed ${error}`)])
    expect(processesOf(run)).toEqual([])
    const events = await expectReadableRecord(run)
    expect(errorsOf(events)).toEqual([error])
    expectRemovedInOrder(events)
    expect(events.at(-1)).toMatchObject({ type: 'run.ended', reason: 'crashed' })
    await expectNothingLeft(run)
  },
)

test('the watchdog is killed: the run breaks, since nobody would undo it after a SIGKILL of its own', async () => {
  const run = startTiny(folder, 'long')
  await inTheMiddle(run)
  const watchdogs = watchdogsOf(run.recordDir)
  expect(watchdogs).toHaveLength(1)
  for (const pid of watchdogs) process.kill(pid, 'SIGKILL')
  const error = 'the watchdog has ended (SIGKILL)'
  expect([await run.exit, run.said()]).toEqual([0, expect.stringContaining(`crashed ${error}`)])
  const events = await expectReadableRecord(run)
  expect(errorsOf(events)).toEqual([error])
  expectRemovedInOrder(events)
  await expectNothingLeft(run)
})

test('k6 does not start: its own words are the reason, and what was up goes', async () => {
  const run = startTiny(folder, 'no-script')
  expect([await run.exit, run.said()]).toEqual([
    0,
    expect.stringMatching(/^crashed k6 ended before the load began: .*nothing\.js/),
  ])
  expect(processesOf(run)).toEqual([])
  const events = await expectReadableRecord(run)
  expect(events.map(({ type }) => type)).not.toContain('load.started')
  expect(events.at(-1)).toMatchObject({ type: 'run.ended', reason: 'crashed' })
  await expectNothingLeft(run)
})

test('the frozen server is killed: it comes back, and the freeze counts as removed', async () => {
  // So long that it is frozen still, however slow the machine is.
  const run = startTiny(folder, 'long')
  await inTheMiddle(run)
  process.kill(pidOf(run, 'server'), 'SIGKILL')
  const starts = () => run.events().filter((event) => event.type === 'process.started' && event.instance === 'server')
  await expect.poll(starts).toHaveLength(2)
  run.child.kill('SIGINT')
  expect([await run.exit, run.said()]).toEqual([0, expect.stringContaining('interrupted')])
  const events = await expectReadableRecord(run)
  expect(starts()).toHaveLength(2)
  expectRemovedInOrder(events)
  await expectNothingLeft(run)
})

test('its standard output is closed: the faults go all the same', async () => {
  const run = startTiny(folder)
  await inTheMiddle(run)
  run.child.stdout?.destroy()
  await run.exit
  await expectNothingLeft(run)
  expect((await expectReadableRecord(run)).filter(({ type }) => type === 'run.ended')).toHaveLength(1)
})

const mounts = process.platform === 'linux' && process.getuid?.() === 0

test.skipIf(!mounts)(
  'the disk fills up (needs root, to mount a small one): faults are removed, the record so far stays',
  async () => {
    const disk = join(folder, 'disk')
    mkdirSync(disk)
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=640k', 'tmpfs', disk])
    try {
      const run = startTiny(disk, 'noise')
      expect([await run.exit, run.said()]).toEqual([
        0,
        expect.stringContaining("crashed the record can't be written: ENOSPC"),
      ])
      // It was full to the last page when it happened. Since then the working folder went, with k6's certificates.
      expect(statfsSync(disk).bavail).toBeLessThan(120)
      expect(processesOf(run)).toEqual([])
      const events = await expectReadableRecord(run)
      expect(errorsOf(events)).toEqual([expect.stringContaining('ENOSPC')])
      const injected = events.flatMap((event) => (event.type === 'fault.injected' ? [event.fault] : []))
      expect(removedOf(events).sort()).toEqual(injected.sort())
      expect(events.at(-1)).toMatchObject({ type: 'run.ended', reason: 'crashed' })
      await expectNothingLeft(run)
    } finally {
      await endStarted()
      // Lazily: where a process of a failed run still holds it, "target is busy" would hide why the test failed.
      execFileSync('umount', ['--lazy', disk])
    }
  },
)
