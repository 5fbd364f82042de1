import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { RunEvent } from '../../model/event.ts'
import { cleanUp } from '../../run/leftovers.ts'
import { readEvents, readPlan, readWindows } from '../../run/record.ts'
import { seededRandom } from '../../verdict/random.ts'
import { startCommand } from '../endings/run.ts'
import { endStarted } from '../started.ts'
import { leftAfter } from './processes.ts'
import { promisedMs } from './tiny-run.ts'

/**
 * The command line, ended at random moments of a short game day: `count` times by SIGKILL, and a
 * fifth as often by each of SIGINT and SIGTERM. Some run side by side, each with its own folders.
 */
const count = Number(process.env.HOLDFAST_CRASHES ?? 3)
const seed = Number(process.env.HOLDFAST_SEED ?? Date.now() % 2 ** 31)
/** From before its first line until after its end. */
const longestMs = 28_000

let root: string
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'holdfast-moments-'))
})
afterAll(async () => {
  await endStarted()
  rmSync(root, { recursive: true, force: true })
})

const random = seededRandom(seed)
/** Spread evenly over the run, and random within their share of it. */
const momentsOf = (signal: NodeJS.Signals, times: number) =>
  Array.from({ length: times }, (_, index) => ({
    signal,
    afterMs: Math.round((longestMs * (index + random())) / times),
  }))
const moments = [
  ...momentsOf('SIGKILL', count),
  ...momentsOf('SIGINT', Math.ceil(count / 5)),
  ...momentsOf('SIGTERM', Math.ceil(count / 5)),
]

describe.concurrent('ended at any moment', () => {
  test.each(moments)(
    `$signal after $afterMs ms (HOLDFAST_SEED=${seed} HOLDFAST_CRASHES=${count})`,
    async ({ signal, afterMs }) => {
      const run = startCommand(join(root, `${signal}-${afterMs}`))
      const timer = setTimeout(() => run.child.kill(signal), afterMs)
      const code = await run.exit
      clearTimeout(timer)

      expect(await leftAfter(promisedMs, run.left)).toEqual([])
      const events = await eventsOf(run.recordDir())
      // Nothing goes wrong by itself: what ends a run here is the signal alone.
      expect(events.flatMap((event) => (event.type === 'error' ? [event.message] : []))).toEqual([])
      const ended = events.flatMap((event) => (event.type === 'run.ended' ? [event.reason] : []))
      const begun = events.some(({ type }) => type === 'run.started')
      if (code === signal) {
        // SIGKILL; or another one before it is listened to. A run that was being judged was over.
        expect(ended).toEqual(begun ? [expect.stringMatching(/^(crashed|completed)$/)] : [])
      } else {
        // A completed run has a verdict of its own; a signal may also end the planning.
        expect([0, 1, 3, 130]).toContain(code)
        expect(ended).toEqual([code === 130 ? 'interrupted' : 'completed'])
        expect(events.filter(({ type }) => type === 'fault.notRemoved' || type === 'warning')).toEqual([])
      }
      if (code === 'SIGKILL' && ended[0] === 'crashed') expect(readdirSync(run.locksDir)).toEqual([])
    },
  )
})

/** The record can be read, every line of it, and cleaning up again finds nothing to do; none where the run had no ledger. */
const eventsOf = async (dir: string): Promise<RunEvent[]> => {
  const events: RunEvent[] = []
  if (!existsSync(join(dir, 'events.ndjson'))) return events
  readPlan(dir)
  for await (const event of readEvents(dir)) events.push(event)
  if (existsSync(join(dir, 'windows.ndjson')))
    for await (const line of readWindows(dir)) expect(line).toHaveProperty('type')
  expect(await cleanUp(dir)).toEqual({ done: [], failed: [] })
  return events
}
