import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { EndReason, RunEvent } from '../../model/event.ts'
import { expectNothingLeft, expectReadableRecord, processesOf, startTiny, type TinyRun } from './tiny-run.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-watchdog-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const endOf = (events: RunEvent[]): (EndReason | undefined)[] =>
  events.flatMap((event) => (event.type === 'run.ended' ? [event.reason] : []))
const faultsWith = (events: RunEvent[], type: RunEvent['type']): string[] =>
  events.flatMap((event) => (event.type === type && 'fault' in event ? [event.fault] : [])).sort()

/** All three faults are active: the server is frozen, its link slow, the mark there. */
const inTheMiddle = (run: TinyRun) => run.event((event) => event.type === 'fault.active' && event.fault === 'f3')

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
    expect(faultsWith(events, type)).toEqual(['f1', 'f2', 'f3'])
  await expectNothingLeft(run)
})

test('SIGKILL in the middle of three faults: the watchdog undoes all of it and says so', async () => {
  const run = startTiny(folder)
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
      message: expect.stringMatching(/watchdog cleaned up: ended \d+ processes; undid f2: rm /),
    }),
  )
})

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
  '%s in the middle of three faults: all are proven removed, in order',
  async (signal) => {
    const run = startTiny(folder)
    await inTheMiddle(run)
    run.child.kill(signal)
    run.child.kill(signal) // impatience changes nothing
    expect([await run.exit, run.said()]).toEqual([0, expect.stringContaining('interrupted')])
    expect(processesOf(run)).toEqual([])
    const events = await expectReadableRecord(run)
    expect(endOf(events)).toEqual(['interrupted'])
    expect(events.flatMap((event) => (event.type === 'fault.provenRemoved' ? [event.fault] : []))).toEqual([
      'f3',
      'f2',
      'f1',
    ])
    await expectNothingLeft(run)
  },
)

describe('ended at any moment', () => {
  const count = Number(process.env.HOLDFAST_CRASHES ?? 6)
  const seed = Number(process.env.HOLDFAST_SEED ?? Date.now() % 2 ** 31)
  const random = randomFrom(seed)
  /** From before its first line until after its end. */
  const longestMs = 7_000
  const moments = Array.from({ length: count }, (_, index) => ({
    afterMs: Math.round((longestMs * (index + random())) / count),
    signal: random() < 0.6 ? ('SIGKILL' as const) : random() < 0.5 ? ('SIGINT' as const) : ('SIGTERM' as const),
  }))

  test.each(moments)(
    `$signal after $afterMs ms (HOLDFAST_SEED=${seed} HOLDFAST_CRASHES=${count})`,
    async ({ afterMs, signal }) => {
      const run = startTiny(folder)
      let sentAtMs = Number.POSITIVE_INFINITY
      const timer = setTimeout(() => {
        sentAtMs = Date.now()
        run.child.kill(signal)
      }, afterMs)
      const code = await run.exit
      clearTimeout(timer)
      await expectNothingLeft(run)
      const events = await expectReadableRecord(run)
      // A signal before the handlers are there ends Node at once; then there is no record, or an empty one.
      expect([0, signal]).toContain(code)
      const begun = events.some(({ type }) => type === 'run.started')
      const wanted: EndReason[] = begun ? [code === 'SIGKILL' ? 'crashed' : 'interrupted'] : []
      const ended = endOf(events)
      if (code === 0) expect(events.filter(({ type }) => type === 'fault.notRemoved' || type === 'warning')).toEqual([])
      // It may have been over before the signal came; while the load goes on none may be lost.
      if (ended[0] !== 'completed') expect(ended).toEqual(wanted)
      else expect(events.find(({ type }) => type === 'load.ended')?.atMs).toBeLessThan(sentAtMs)
    },
  )
})

/** Mulberry32: the same seed gives the same moments. */
function randomFrom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32
  }
}
