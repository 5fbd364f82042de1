import { afterEach, expect, test, vi } from 'vitest'
import { readEvents } from '../../run/record.ts'
import { p95Below } from './planted/objectives.ts'
import { collect, recordDirOf, runPlanted } from './planted/run.ts'

afterEach(() => void vi.restoreAllMocks())

test("a machine's time that is set back in the middle of a fault ends the run, and the fault with it", async () => {
  const name = 'clock-set-back'
  const now = Date.now
  const run = runPlanted({
    name,
    scenarios: ['healthy'],
    plants: { '/healthy': { latency: { kind: 'fixed', ms: 5 } } },
    warmUpMs: 1000,
    steadyMs: 3000,
    faults: [
      {
        kind: 'freeze',
        oneShot: false,
        target: { kind: 'component', instances: ['server'] },
        atMs: 4000,
        holdMs: 60_000,
        injections: [{ driver: 'process', action: 'freeze', instance: 'server' }],
      },
    ],
    objectives: [p95Below('GET /healthy', 250)],
    listener: {
      onFault: (_, state) => {
        if (state === 'active') vi.spyOn(Date, 'now').mockImplementation(() => now() - 3_600_000)
      },
    },
  })
  await expect(run).rejects.toThrow("the machine's time went 3600.0 s back during the run")
  const events = await collect(readEvents(recordDirOf(name)))
  expect(events.find(({ type }) => type === 'fault.removed')).toBeDefined()
  expect(events.at(-1)).toMatchObject({ type: 'run.ended', reason: 'crashed' })
})
