// A store whose reads lag behind its writes: what is not there yet is late, and what never comes is lost.
import { beforeAll, expect, test } from 'vitest'
import { resilience } from './planted/objectives.ts'
import { type PlantedResult, runPlanted } from './planted/run.ts'
import { truthOf } from './planted/truth.ts'

const lagMs = 3_000

/** The same load on a store that forgets, or does not; the deadline is twice the lag. */
const runWith = (name: string, forgetEvery?: number): Promise<PlantedResult> =>
  runPlanted({
    name,
    scenarios: ['writes'],
    warmUpMs: 1_000,
    steadyMs: 4_000,
    plants: {
      '/writes': { latency: { kind: 'fixed', ms: 2 }, visibleAfterMs: lagMs, ...(forgetEvery && { forgetEvery }) },
    },
    objectives: [resilience('lostWrites', 0, 'count')],
    readBackWithinMs: 2 * lagMs,
  })

let lagging: PlantedResult
let forgetting: PlantedResult
beforeAll(async () => {
  lagging = await runWith('read-back-lag')
  forgetting = await runWith('read-back-lag-and-loss', 23)
})

const auditOf = ({ events }: PlantedResult) => {
  const found = events.find((event) => event.type === 'audit.done')
  if (!found) throw new Error('no audit was done')
  return found
}

test('writes that become readable 3 s later are late, and none is lost', () => {
  const audit = auditOf(lagging)
  const written = truthOf(lagging.recordDir, '/writes').filter(({ status }) => status === 200)
  expect(audit).toMatchObject({ lostCount: 0, checked: written.length, acknowledged: written.length })
  expect(audit.lateCount).toBeGreaterThan(0)
  expect(audit.latestMs).toBeGreaterThan(0)
  expect(lagging.verdict.objectives[0]).toMatchObject({ outcome: 'pass', measured: { value: 0 } })
  expect(lagging.verdict.detail).toContain(`0 lost, ${audit.lateCount} late`)
})

test('what the store has forgotten is lost, however long it is asked for, and nothing else is', () => {
  const audit = auditOf(forgetting)
  const lost = truthOf(forgetting.recordDir, '/writes').filter(({ status, stored }) => status === 200 && stored === 0)
  expect(lost.length).toBeGreaterThan(5)
  expect(audit.lost.toSorted()).toEqual(lost.map(({ id }) => id).toSorted())
  expect(audit.lateCount).toBeGreaterThan(0)
  expect(forgetting.verdict.objectives[0]).toMatchObject({ outcome: 'fail', measured: { value: lost.length } })
})
