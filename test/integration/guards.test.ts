import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import type { Guard } from '../../model/gameday.ts'
import type { Verdict } from '../../model/verdict.ts'
import { endStarted } from '../started.ts'
import { holdfastIn } from './holdfast-command.ts'

const gameDay = join(import.meta.dirname, '../fixtures/gamedays/guarded.ts')

let folder: string
/** Written in the middle of the run: what guards ask about is no longer well. */
let sign: string
const server = createServer((_, response) => {
  response.writeHead(existsSync(sign) ? 503 : 200).end()
})
beforeAll(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening')
})
afterAll(() => server.close())
// Each with its own locks: a run that goes on after its test has failed is in nobody's way.
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-guards-'))
  sign = join(folder, 'unwell')
})
afterEach(async () => {
  await endStarted()
  rmSync(folder, { recursive: true, force: true })
})

const url = () => `http://127.0.0.1:${(server.address() as AddressInfo).port}/health`

test.each<[string, () => Guard, string, RegExp]>([
  ['errors', () => ({ kind: 'errorRatio', aboveRatio: 0.5, for: '2s' }), 'errors > 50 % for 2 s', /^\d+\.\d % errors$/],
  [
    'latency, in a total hang',
    // More than a moment in which the machine stood still before the fault; less than the 10 s after which a call ends.
    () => ({ kind: 'latency', percentile: 99, aboveMs: 4000, for: '2s' }),
    'p99 > 4 s for 2 s',
    /^(no answers, and \d+ in flight for more than 4000|p99 \d+) ms$/,
  ],
  [
    'too little achieved',
    () => ({ kind: 'achievedRate', belowRatio: 0.5, for: '2s' }),
    'achieved rate < 50 % of offered for 2 s',
    /^\d+\.\d\/s of \d+\.\d\/s$/,
  ],
  ['an address', () => ({ kind: 'http', url: url(), for: '2s' }), 'does not answer 2xx for 2 s', /503/],
  [
    'a command',
    () => ({ kind: 'command', argv: ['test', '!', '-e', sign], for: '2s' }),
    `\`test ! -e ${tmpdir()}`,
    /exit 1/,
  ],
])('a guard on %s ends a real run: the fault goes, exit 4, what tripped and when', async (_, guard, name, evidence) => {
  const run = holdfastIn(folder, { HOLDFAST_TEST_GUARD: JSON.stringify(guard()) }, 'run', gameDay)
  await run.says('fault active')
  writeFileSync(sign, '')
  expect([await run.exit, run.said()]).toEqual([4, expect.stringContaining(name)])
  const record = join(folder, 'out', readdirSync(join(folder, 'out'))[0] ?? '')
  const verdict = JSON.parse(readFileSync(join(record, 'verdict.json'), 'utf8')) as Verdict
  expect(verdict).toMatchObject({ ended: 'guard', exitCode: 4 })
  expect(verdict.faults.map(({ confirmedRemoved }) => confirmedRemoved)).toEqual([true])
  const events = readFileSync(join(record, 'events.ndjson'), 'utf8').trim().split('\n')
  const tripped = events.map((line) => JSON.parse(line)).find(({ type }) => type === 'guard.tripped')
  expect(tripped).toMatchObject({ guard: expect.stringContaining(name), evidence: expect.stringMatching(evidence) })
})
