import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { EndReason, RunEvent } from '../../model/event.ts'
import { endStarted } from '../started.ts'
import {
  expectNothingLeft,
  expectReadableRecord,
  expectRemovedInOrder,
  inTheMiddle,
  processesOf,
  startTiny,
} from './tiny-run.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-watchdog-'))
})
afterAll(async () => {
  await endStarted()
  rmSync(folder, { recursive: true, force: true })
})

const endOf = (events: RunEvent[]): (EndReason | undefined)[] =>
  events.flatMap((event) => (event.type === 'run.ended' ? [event.reason] : []))
const faultsWith = (events: RunEvent[], type: RunEvent['type']): string[] =>
  events.flatMap((event) => (event.type === type && 'fault' in event ? [event.fault] : [])).sort()

test('a run that nobody disturbs completes, ends by itself, and leaves nothing', async () => {
  const run = startTiny(folder)
  expect([await run.exit, run.said()]).toEqual([0, expect.stringContaining('completed')])
  const endedAtMs = Date.now()
  expect(processesOf(run)).toEqual([])
  const events = await expectReadableRecord(run)
  expect(endOf(events)).toEqual(['completed'])
  // Nothing it has left open keeps it from ending.
  expect(endedAtMs - (events.at(-1)?.atMs ?? 0)).toBeLessThan(5_000)
  for (const type of ['fault.active', 'fault.provenRemoved'] as const)
    expect(faultsWith(events, type)).toEqual(['f1', 'f2', 'f3', 'f4'])
  await expectNothingLeft(run)
})

test('SIGKILL in the middle of four faults: the watchdog undoes all of it and says so', async () => {
  const run = startTiny(folder, 'long')
  await inTheMiddle(run)
  expect(processesOf(run).filter((text) => / T /.test(text))).not.toEqual([])
  run.child.kill('SIGKILL')
  expect(await run.exit).toBe('SIGKILL')
  await expectNothingLeft(run)
  const ended = await run.event((event) => event.type === 'run.ended').catch(() => null)
  expect(ended).toMatchObject({ reason: 'crashed' })
  const events = await expectReadableRecord(run)
  expect(endOf(events)).toEqual(['crashed'])
  expect(events).toContainEqual(
    expect.objectContaining({
      type: 'warning',
      message: expect.stringMatching(/watchdog cleaned up: ended \d+ processes; undid f3: rm /),
    }),
  )
})

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
  '%s in the middle of four faults: all are proven removed, in order',
  async (signal) => {
    const run = startTiny(folder, 'long')
    await inTheMiddle(run)
    run.child.kill(signal)
    run.child.kill(signal) // impatience changes nothing
    expect([await run.exit, run.said()]).toEqual([0, expect.stringContaining('interrupted')])
    expect(processesOf(run)).toEqual([])
    const events = await expectReadableRecord(run)
    expect(endOf(events)).toEqual(['interrupted'])
    expectRemovedInOrder(events)
    await expectNothingLeft(run)
  },
)
