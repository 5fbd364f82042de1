import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { processesWithEnvironment } from '../../chaos/drivers/proc.ts'
import type { Verdict } from '../../model/verdict.ts'
import { endStarted } from '../started.ts'
import { type Command, holdfastIn } from './holdfast-command.ts'
import { leftAfter } from './processes.ts'

const gameDay = join(import.meta.dirname, '../fixtures/gamedays/interrupted.ts')
/** What the watchdog has for undoing everything. */
const promisedMs = 5_000

let folder: string
// Each with its own locks: a run that goes on after its test has failed is in nobody's way.
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-cli-'))
})
afterEach(async () => {
  await endStarted()
  rmSync(folder, { recursive: true, force: true })
})

const holdfast = (...args: string[]): Command => holdfastIn(folder, {}, ...args)

const bothFaultsActive = async (run: Command): Promise<void> => {
  await run.says('fault active   freeze postgres')
  await run.says('fault active   latency 200 ms')
}
const newestRun = (): string => readdirSync(join(folder, 'out')).sort().at(-1) ?? ''

/** Everything that the run started carries its mark. */
const marked = ({ child }: Command, runId: string) => processesWithEnvironment('HOLDFAST_RUN', `${runId}:${child.pid}`)

const nothingLeftOf = async (run: Command, runId: string): Promise<void> => {
  expect(await leftAfter(promisedMs, () => marked(run, runId))).toEqual([])
}

test('Ctrl-C in the middle of two faults: both are removed, exit 130, a record that is judged and says so', async () => {
  const run = holdfast('run', gameDay)
  await bothFaultsActive(run)
  expect(marked(run, newestRun())).not.toEqual([])
  run.child.kill('SIGINT')
  expect([await run.exit, run.said()]).toEqual([130, expect.stringContaining('report.html')])
  const id = newestRun()
  await nothingLeftOf(run, id)
  const verdict = JSON.parse(readFileSync(join(folder, 'out', id, 'verdict.json'), 'utf8')) as Verdict
  expect(verdict).toMatchObject({ ended: 'interrupted', exitCode: 130 })
  expect(verdict.faults.map(({ confirmedRemoved }) => confirmedRemoved)).toEqual([true, true])
  expect(readdirSync(join(folder, 'state/holdfast/locks'))).toEqual([])
})

test('SIGKILL in the middle of two faults: gone within 5 s, the lock is free, list and cleanup tell the truth', async () => {
  const run = holdfast('run', gameDay)
  await bothFaultsActive(run)
  const second = holdfast('run', gameDay)
  expect([await second.exit, second.said()]).toEqual([2, expect.stringMatching(/is in use by run .*\n.*holdfast stop/)])
  const id = newestRun()
  run.child.kill('SIGKILL')
  expect(await run.exit).toBe('SIGKILL')
  await nothingLeftOf(run, id)

  const judged = holdfast('judge', id)
  // A machine that was slow before the crash may have proven a breach; a run that crashed never passes.
  expect([1, 3], judged.said()).toContain(await judged.exit)
  expect(judged.said()).not.toContain('Not proven removed')
  const cleaned = holdfast('cleanup', id)
  expect([await cleaned.exit, cleaned.said()]).toEqual([0, expect.stringContaining('nothing left')])
  const listed = holdfast('list', '--json')
  expect(await listed.exit).toBe(0)
  const row = (JSON.parse(listed.said()) as { run: string; left: string }[]).find((each) => each.run === id)
  expect(row).toMatchObject({ verdict: expect.stringContaining('crashed'), left: 'nothing' })

  // The lock of the killed run keeps nobody out.
  const third = holdfast('run', gameDay)
  await third.says('✔ system')
  const stopped = holdfast('stop')
  expect([await stopped.exit, stopped.said()]).toEqual([0, expect.stringContaining('✔ stopped')])
  expect(await third.exit).toBe(130)
  await nothingLeftOf(third, newestRun())
})

test('the safety lever pulled in the middle of two faults: both are removed, exit 4, the record says what tripped', async () => {
  const run = holdfast('run', gameDay)
  await bothFaultsActive(run)
  writeFileSync(join(folder, 'state/holdfast/no-faults'), '')
  expect([await run.exit, run.said()]).toEqual([4, expect.stringContaining('safety lever')])
  const id = newestRun()
  await nothingLeftOf(run, id)
  const verdict = JSON.parse(readFileSync(join(folder, 'out', id, 'verdict.json'), 'utf8')) as Verdict
  expect(verdict).toMatchObject({ ended: 'guard', exitCode: 4 })
  expect(verdict.faults.map(({ confirmedRemoved }) => confirmedRemoved)).toEqual([true, true])
  // While it is pulled nothing begins.
  const refused = holdfast('run', gameDay)
  expect([await refused.exit, refused.said()]).toEqual([4, expect.stringContaining('the safety lever is pulled')])
  rmSync(join(folder, 'state/holdfast/no-faults'))
})
