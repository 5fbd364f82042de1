import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { RunEvent } from '../model/event.ts'
import type { AuditContext, System } from '../model/system.ts'
import { smokePlan } from '../test/fixtures/plan.ts'
import { auditBudgetMs, auditWrites, countDuplicatesBefore } from './audit.ts'
import { Pump } from './pump.ts'
import { Ledger, readEvents, recordFiles } from './record.ts'

let recordDir: string
let ledger: Ledger
beforeEach(() => {
  recordDir = mkdtempSync(join(tmpdir(), 'holdfast-audit-'))
  ledger = new Ledger(recordDir)
  const acks = { type: 'acks', scenario: 'a', fromUs: 1, toUs: 2, ranges: [[0, 2]] }
  writeFileSync(join(recordDir, recordFiles.windows), `${JSON.stringify(acks)}\n`)
})
afterEach(() => {
  ledger.close()
  rmSync(recordDir, { recursive: true })
})

const at = { baseUrl: '', scenarioEnv: {}, signal: new AbortController().signal }

/** A deployment that has served others before: it counts what it did twice since it began. */
const deployment = (duplicates: () => number | null) =>
  ({
    audit: async ({ acknowledged }: AuditContext) => {
      let checked = 0
      for await (const ids of acknowledged) checked += ids.length
      return { lost: [], checked, duplicates: duplicates() }
    },
  }) as unknown as System

const events = async (): Promise<RunEvent[]> => {
  const all: RunEvent[] = []
  for await (const event of readEvents(recordDir)) all.push(event)
  return all
}

const audited = async (before: number | null, after: number | null) => {
  await auditWrites(
    deployment(() => after),
    { ...at, runId: 'run', recordDir, ledger, duplicatesBefore: before, readBackWithinMs: 0 },
  )
  return (await events()).find(({ type }) => type === 'audit.done')
}

test.each([
  ['of a system that began with the run', 0, 3, 3],
  ['of earlier runs are not of this one', 5, 5, 0],
  ['of this run beside earlier ones', 5, 7, 2],
  ['whose count began anew in between', 5, 1, null],
  ['that were not to be seen before', null, 7, null],
  ['that are not to be seen', 0, null, null],
])('duplicates %s', async (_, before, after, expected) => {
  expect(await audited(before, after)).toMatchObject({ checked: 3, duplicates: expected })
})

/** The ledger's word of a final read by this audit. */
const wordOf = async (audit: NonNullable<System['audit']>) => {
  const options = { ...at, runId: 'run', recordDir, ledger, duplicatesBefore: 0, readBackWithinMs: 0 }
  await auditWrites({ audit } as unknown as System, options)
  return (await events()).at(-1)
}

test('how many writes were acknowledged is counted in the record, whatever an audit looked for', async () => {
  const firstOnly = async ({ acknowledged }: AuditContext) => {
    for await (const [first = ''] of acknowledged) return { lost: [first], checked: 1, duplicates: 0 }
    return { lost: [], checked: 0, duplicates: 0 }
  }
  expect(await wordOf(firstOnly)).toMatchObject({
    type: 'audit.done',
    acknowledged: 3,
    checked: 1,
    lostCount: 1,
    lost: ['run-a-0'],
    lostRanges: [{ scenario: 'a', ranges: [[0, 0]] }],
    lateCount: 0,
  })
})

test('a read that fails is told as failed', async () => {
  expect(await wordOf(() => Promise.reject(new Error('no route')))).toMatchObject({
    type: 'audit.failed',
    reason: 'no route',
  })
})

test('before the load it asks for nothing that was written', async () => {
  expect(
    await countDuplicatesBefore(
      deployment(() => 4),
      ledger,
      at,
    ),
  ).toBe(4)
  expect(await countDuplicatesBefore({} as System, ledger, at)).toBe(null)
  expect(await events()).toEqual([])
})

test('a deployment that does not say is not known to have none, and that is told', async () => {
  const broken = { audit: () => Promise.reject(new Error('no route')) } as unknown as System
  expect(await countDuplicatesBefore(broken, ledger, at)).toBe(null)
  expect(await events()).toMatchObject([{ type: 'warning', message: expect.stringContaining('no route') }])
})

test('a read has more time the more writes were acknowledged', () => {
  const pump = new Pump(recordDir, smokePlan)
  const ack = (...ranges: [number, number][]) => pump.line({ type: 'acks', scenario: 'a', fromUs: 1, toUs: 2, ranges })
  ack([0, 2], [5, 5])
  ack([10, 999_995])
  expect(pump.acknowledged).toBe(999_990)
  expect([auditBudgetMs(0), auditBudgetMs(pump.acknowledged)]).toEqual([60_000, 60_000 + 1_999_980])
  pump.close()
})
