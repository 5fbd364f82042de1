import { existsSync, mkdirSync, rmSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { expect } from 'vitest'
import type { RunEvent } from '../../model/event.ts'
import { cleanUp } from '../../run/leftovers.ts'
import { readEvents, readPlan, readWindows } from '../../run/record.ts'
import { eventOf, eventsOf } from '../ledger.ts'
import { type Started, start } from '../started.ts'
import { leftAfter, liveProcesses } from './processes.ts'

/** What the watchdog has for undoing everything: the promise of the design. */
export const promisedMs = 5_000

/** One run of the tiny system in a process of its own, which the test ends in some way. */
export interface TinyRun extends Started {
  runId: string
  recordDir: string
  /** Resolves when the ledger has an event of which this is true; rejects when the run ends without. */
  event: (isIt: (event: RunEvent) => boolean) => Promise<RunEvent>
  events: () => RunEvent[]
}

let runs = 0

/** @param folder where its record goes; the mark of its command fault goes beside it */
export const startTiny = (folder: string, trouble?: 'noise' | 'no-script' | 'long'): TinyRun => {
  const runId = `tiny-${process.pid}-${runs++}`
  const recordDir = join(folder, runId)
  mkdirSync(recordDir, { recursive: true })
  const main = resolve(import.meta.dirname, '../fixtures/tiny/main.ts')
  const argv = [main, recordDir, runId, markOf(recordDir), ...(trouble ? [trouble] : [])]
  const started = start(argv)
  return {
    ...started,
    runId,
    recordDir,
    events: () => eventsOf(recordDir),
    event: (isIt) => eventOf(recordDir, started, (event): event is RunEvent => isIt(event)),
  }
}

/** All four faults are active: the link slow, the CPU busy, the mark there, the server frozen. */
export const inTheMiddle = ({ event }: TinyRun): Promise<RunEvent[]> =>
  Promise.all(
    ['f1', 'f2', 'f3', 'f4'].map((fault) => event((one) => one.type === 'fault.active' && one.fault === fault)),
  )

const markOf = (recordDir: string): string => `${recordDir}.mark`

/** Every process that belongs to the run: by mark, by argument, or by ledger. */
export const processesOf = ({ child, runId, recordDir, events }: TinyRun): string[] => {
  const started = new Set(
    events().flatMap((event) => (event.type === 'process.started' ? [`${event.pid} ${event.startTicks}`] : [])),
  )
  return liveProcesses(
    ({ pid, startTicks, environ, argv }) =>
      environ.includes(`HOLDFAST_RUN=${runId}:${child.pid}`) ||
      argv.includes(recordDir) ||
      started.has(`${pid} ${startTicks}`),
  )
}

/** Within the promised time after its end nothing of the run is left: no process, no fault, no folder. */
export const expectNothingLeft = async (run: TinyRun): Promise<void> => {
  const paths = [join(run.recordDir, 'work'), join(run.recordDir, 'reserve'), markOf(run.recordDir)]
  expect(await leftAfter(promisedMs, () => [...processesOf(run), ...paths.filter(existsSync)])).toEqual([])
}

/** The record can be read to its end, every line of it, and cleaning up again finds nothing to do. */
export const expectReadableRecord = async ({ recordDir, events }: TinyRun): Promise<RunEvent[]> => {
  if (!existsSync(join(recordDir, 'plan.json'))) return [] // ended before there was a record
  readPlan(recordDir)
  if (existsSync(join(recordDir, 'windows.ndjson')))
    for await (const line of readWindows(recordDir)) expect(line).toHaveProperty('type')
  const read: RunEvent[] = []
  if (existsSync(join(recordDir, 'events.ndjson'))) {
    for await (const event of readEvents(recordDir)) read.push(event)
    expect(await cleanUp(recordDir)).toEqual({ done: [], failed: [] })
  }
  expect(read).toEqual(events())
  return read
}

/** All four faults are proven removed, the one that was injected last first. */
export const expectRemovedInOrder = (events: RunEvent[]): void => {
  const faultsOf = (type: RunEvent['type']) =>
    events.flatMap((event) => (event.type === type && 'fault' in event ? [event.fault] : []))
  const injected = faultsOf('fault.injecting')
  expect(injected.toSorted()).toEqual(['f1', 'f2', 'f3', 'f4'])
  expect(faultsOf('fault.provenRemoved')).toEqual(injected.toReversed())
}

export const removeRecord = ({ recordDir }: TinyRun): void => {
  rmSync(recordDir, { recursive: true, force: true })
  expect(existsSync(dirname(recordDir))).toBe(true)
}
