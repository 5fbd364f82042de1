// Each weakness of the stand-in is caught by the objective that is meant to catch it, and the healthy one passes all of
// them. A weak run may fail in other ways too; only the objective that is meant to see it counts here.
import { describe, expect, test } from 'vitest'
import { type Weakness, weaknesses } from '../../systems/batchsender/weaknesses.ts'
import { failed, outcome, play } from './play.ts'

const gameDay = (name: string) => `test/truth/gamedays/${name}.ts`

/** What is meant to catch each weakness. */
const meant = (weakness: Weakness): string => weaknesses[weakness].objective

/** A busy machine is slow for longer than a fault lasts: what waits for latencies to be as before stays open. */
const waitsForLatency = (reason = ''): boolean => /-latency: ≥/.test(reason)

test('the healthy stand-in passes all that catches a weak one', async () => {
  const verdict = await play(gameDay('all'), [])
  const caught = Object.values(weaknesses).map(({ objective }) => outcome(verdict, objective))
  const expected = caught.map((found) =>
    found?.outcome === 'inconclusive' && waitsForLatency(found.reason)
      ? found
      : { ...found, outcome: 'pass', gate: 'required' },
  )
  expect(caught).toEqual(expected)
  expect(verdict.faults.map(({ confirmedActive }) => confirmedActive)).toEqual([true, true, true, true])
  expect(verdict).toMatchObject({ ended: 'completed', invalidReasons: [] })
  // How fast a disk lets a database write is the machine's, and no weakness. Everything else passes, and what waits for
  // every objective to recover (the RTO, say) waits for latencies only.
  const others = verdict.objectives.filter(
    (objective) =>
      objective.gate === 'required' && !/-latency$/.test(objective.id) && !waitsForLatency(objective.reason),
  )
  expect(others.filter(({ outcome }) => outcome !== 'pass')).toEqual([])
  expect(others.map(({ id }) => id)).toEqual(expect.arrayContaining(['error-rate', 'uptime', 'forged-webhooks']))
})

describe('weaknesses', () => {
  // Weaknesses that share a game day and do not touch each other's objective run at once.
  test.each<[string, Weakness[]]>([
    ['crash', ['never-restarts']],
    ['worker', ['ack-before-store', 'no-idempotency', 'leak']],
    ['database', ['no-db-timeout', 'unsigned-webhooks']],
  ])('%s: %j', async (name, given) => {
    const verdict = await play(gameDay(name), given)
    for (const weakness of given) expect(outcome(verdict, meant(weakness))).toMatchObject(failed(meant(weakness)))
    expect(verdict).toMatchObject({ result: 'fail', exitCode: 1 })
  })
})
