// However a run ends, nothing of it stays in the engine: no container, no network, no volume.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { lookUntil } from '../../chaos/drivers/wait.ts'
import type { Verdict } from '../../model/verdict.ts'
import type { Command } from '../integration/holdfast-command.ts'
import { leftAfter, watchdogsOf } from '../integration/processes.ts'
import { endStarted } from '../started.ts'
import { startHoldfast } from './command.ts'
import { containersOf, leftOf, noEngine, volumesOf } from './engine.ts'

/** The watchdog waits for the engine, which is slow on a busy machine; it takes seconds. */
const goneDeadlineMs = 60_000

const gameDay = resolve(import.meta.dirname, '../fixtures/gamedays/interrupted.ts')

/** Records and locks of each test are its own. */
let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-endings-'))
})
afterEach(async () => {
  await endStarted()
  rmSync(folder, { recursive: true, force: true })
})

const holdfast = (args: string[], env: Record<string, string> = {}): Command => startHoldfast(folder, args, env)

interface Ending {
  run: Command
  id: string
  mark: string
  volumes: string[]
}

/** A run with two faults in it: PostgreSQL is paused, and the way to the API is slow. */
const inTheMiddle = async (): Promise<Ending> => {
  const run = holdfast(['run', gameDay, '--env', 'containers'])
  await run.says('fault active   freeze postgres')
  await run.says('fault active   latency 200 ms')
  const id = runId()
  const mark = `${id}:${run.child.pid}`
  const volumes = volumesOf(mark)
  // PostgreSQL's; without one there would be nothing to leave.
  expect(volumes.length).toBeGreaterThan(0)
  expect(containersOf(mark)).toHaveLength(7)
  return { run, id, mark, volumes }
}

const outDir = () => join(folder, 'out')
const runId = (): string => (existsSync(outDir()) ? (readdirSync(outDir())[0] ?? '') : '')

const expectNothingLeft = async ({ mark, volumes }: Pick<Ending, 'mark' | 'volumes'>): Promise<void> => {
  expect(await leftAfter(goneDeadlineMs, () => leftOf(mark, volumes))).toEqual([])
}

describe.skipIf(noEngine !== undefined)('an ending', () => {
  test('Ctrl-C in the middle of two faults: both proven removed, then everything is', async () => {
    const ending = await inTheMiddle()
    ending.run.child.kill('SIGINT')
    expect([await ending.run.exit, ending.run.said()]).toEqual([130, expect.stringContaining('report.html')])
    expect(leftOf(ending.mark, ending.volumes)).toEqual([])
    const file = join(folder, 'out', ending.id, 'verdict.json')
    const verdict = JSON.parse(readFileSync(file, 'utf8')) as Verdict
    expect(verdict).toMatchObject({ ended: 'interrupted', exitCode: 130 })
    expect(verdict.faults.map(({ confirmedRemoved }) => confirmedRemoved)).toEqual([true, true])
  })

  test('SIGKILL: the watchdog removes everything, and cleaning up again finds nothing', async () => {
    const ending = await inTheMiddle()
    ending.run.child.kill('SIGKILL')
    expect(await ending.run.exit).toBe('SIGKILL')
    await expectNothingLeft(ending)
    await leftAfter(goneDeadlineMs, () => watchdogsOf(ending.id).map(String))
    const cleaned = holdfast(['cleanup', ending.id])
    expect([await cleaned.exit, cleaned.said()]).toEqual([0, expect.stringContaining('nothing left')])
  })

  test('SIGKILL, and the watchdog killed too: cleanup removes everything by its label, and is safe to run twice', async () => {
    const ending = await inTheMiddle()
    const watchdogs = watchdogsOf(ending.id)
    expect(watchdogs).toHaveLength(1)
    ending.run.child.kill('SIGSTOP') // it would end in order when its watchdog is gone
    for (const pid of watchdogs) process.kill(pid, 'SIGKILL')
    ending.run.child.kill('SIGKILL')
    expect(await ending.run.exit).toBe('SIGKILL')
    expect(containersOf(ending.mark)).toHaveLength(7)

    const first = holdfast(['cleanup', ending.id])
    expect([await first.exit, first.said()]).toEqual([0, expect.stringContaining('removed 7 containers')])
    expect(leftOf(ending.mark, ending.volumes)).toEqual([])
    const second = holdfast(['cleanup', ending.id])
    expect([await second.exit, second.said()]).toEqual([0, expect.stringContaining('nothing left')])
  })

  test.each(['SIGINT', 'SIGKILL'] as const)('%s while the containers are being made', async (signal) => {
    const run = holdfast(['run', gameDay, '--env', 'containers'])
    const first = await lookUntil(() => ({ ok: hasStartedOne(runId()), text: run.said() }), {
      deadlineMs: goneDeadlineMs,
    })
    expect(first).toMatchObject({ ok: true })
    const mark = `${runId()}:${run.child.pid}`
    run.child.kill(signal)
    expect(await run.exit).toBe(signal === 'SIGINT' ? 130 : signal)
    await expectNothingLeft({ mark, volumes: [] })
  })
})

const hasStartedOne = (id: string): boolean => {
  const file = join(folder, 'out', id, 'events.ndjson')
  return existsSync(file) && readFileSync(file, 'utf8').includes('"container.started"')
}
