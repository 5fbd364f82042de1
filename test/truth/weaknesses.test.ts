// Each weakness of the stand-in is caught by the objective that is meant to catch it, and the healthy one passes all of
// them. A weak run may fail in other ways too; only the objective that is meant to see it counts here.
import { describe, expect, test } from 'vitest'
import type { Weakness } from '../../systems/batchsender/weaknesses.ts'
import { failed, outcome, play } from './play.ts'

const gameDay = (name: string) => `test/truth/gamedays/${name}.ts`

/** What is meant to catch each weakness. */
const meant: Record<Weakness, string> = {
  'ack-before-store': 'no-lost-writes',
  'never-restarts': 'recovery-time',
  'no-idempotency': 'no-duplicates',
  leak: 'consumer-memory',
  'no-db-timeout': 'fails-fast',
  'unsigned-webhooks': 'forged-webhooks',
}

test('the healthy stand-in passes all that catches a weak one', async () => {
  const verdict = await play(gameDay('all'), [])
  const caught = Object.values(meant).map((id) => outcome(verdict, id))
  expect(caught).toEqual(caught.map((found) => ({ ...found, outcome: 'pass', gate: 'required' })))
  expect(verdict.faults.map(({ confirmedActive }) => confirmedActive)).toEqual([true, true, true, true])
  expect(verdict).toMatchObject({ result: 'pass', exitCode: 0 })
})

describe('weaknesses', () => {
  // Weaknesses that share a game day and do not touch each other's objective run at once.
  test.each<[string, Weakness[]]>([
    ['crash', ['never-restarts']],
    ['worker', ['ack-before-store', 'no-idempotency', 'leak']],
    ['database', ['no-db-timeout', 'unsigned-webhooks']],
  ])('%s: %j', async (name, weaknesses) => {
    const verdict = await play(gameDay(name), weaknesses)
    for (const weakness of weaknesses) expect(outcome(verdict, meant[weakness])).toMatchObject(failed(meant[weakness]))
    expect(verdict).toMatchObject({ result: 'fail', exitCode: 1 })
  })
})
