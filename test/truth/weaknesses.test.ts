// Each weakness of the stand-in is caught by the objective that is meant to catch it, and the healthy one passes all of
// them. A weak run may fail in other ways too; only the objective that is meant to see it counts here.
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { resolveTools } from '../../build/toolchain.ts'
import type { Verdict } from '../../model/verdict.ts'
import { makePlan } from '../../plan/index.ts'
import { readEvents, readWindows } from '../../run/record.ts'
import { run } from '../../run/run.ts'
import { StopSwitch } from '../../run/stop.ts'
import type { Weakness } from '../../systems/batchsender/weaknesses.ts'
import { judge } from '../../verdict/judge.ts'
import { freshDir } from './planted/run.ts'

const projectDir = fileURLToPath(new URL('../..', import.meta.url))

/** Plans, runs and judges a game day of this folder, as the command line does. */
const play = async (gameDay: string, weaknesses: Weakness[]): Promise<Verdict> => {
  const recordDir = freshDir([gameDay, ...weaknesses].join('-'))
  const tools = resolveTools(projectDir)
  const { plan, system, bundleFile } = await makePlan({
    projectDir,
    gameDay: `test/truth/gamedays/${gameDay}.ts`,
    environment: 'local',
    weaknesses,
    command: 'npm run truth',
    runId: recordDir.split('/').at(-1) ?? '',
    outDir: recordDir,
    tools,
    userEnv: {},
  })
  const stop = new StopSwitch()
  const local = { projectDir, recordDir, tools, baseUrl: null, userEnv: {}, stop, listener: {} }
  const end = await run({ plan, system, bundleFile, ...local })
  if (end.error) throw end.error
  const { verdict } = await judge({ plan, events: readEvents(recordDir), lines: readWindows(recordDir) })
  return verdict
}

const outcome = (verdict: Verdict, id: string) => {
  const found = verdict.objectives.find((objective) => objective.id === id)
  return found && { id, outcome: found.outcome, gate: found.gate, reason: found.reason }
}

const failed = (id: string) => ({ id, outcome: 'fail', gate: 'required' })

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
  const verdict = await play('all', [])
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
  ])('%s: %j', async (gameDay, weaknesses) => {
    const verdict = await play(gameDay, weaknesses)
    for (const weakness of weaknesses) expect(outcome(verdict, meant[weakness])).toMatchObject(failed(meant[weakness]))
    expect(verdict).toMatchObject({ result: 'fail', exitCode: 1 })
  })
})
