import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { HoldfastError } from '../model/errors.ts'
import type { RunEvent } from '../model/event.ts'
import { demoPlan } from '../test/fixtures/plan.ts'
import { createRecord, Ledger, mostSecondsIn, readEvents, readPlan, readWindows, recordFiles } from './record.ts'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'holdfast-record-'))
})
afterEach(() => rmSync(dir, { recursive: true }))

const eventsFile = () => join(dir, recordFiles.events)

const events = async (): Promise<RunEvent[]> => {
  const all: RunEvent[] = []
  for await (const event of readEvents(dir)) all.push(event)
  return all
}

/** A ledger as a run writes it, with texts that are hard to cut and to split. */
const writeLedger = () => {
  const ledger = new Ledger(dir)
  ledger.sync({ type: 'run.started', schemaVersion: 1, runId: 'r', pid: 1, startTicks: 2 })
  ledger.append({ type: 'warning', message: 'zwölf € 𝄞 \u2028 "quoted" \\ \n two lines' })
  ledger.sync({ type: 'fault.injecting', fault: 'f1', injections: [{ driver: 'none' }], pids: [] })
  ledger.append({ type: 'audit.failed', reason: '' })
  ledger.append({ type: 'run.ended', reason: 'completed' })
  ledger.close()
}

test('a folder that is no record, and a plan that is none, are told in one line', () => {
  expect(() => readPlan(join(dir, 'nothing'))).toThrow(/is not a run record: it has no plan.json/)
  for (const text of ['', '{', 'null', '[]', '"plan"', '{"schemaVersion":999}']) {
    writeFileSync(join(dir, recordFiles.plan), text)
    expect(() => readPlan(dir), text).toThrow(HoldfastError)
  }
})

test('a plan of another schema version names both versions', () => {
  createRecord(dir, { ...demoPlan, schemaVersion: 999 })
  expect(() => readPlan(dir)).toThrow('has schema version 999, this Holdfast reads 1')
})

test('a plan of another shape names the field', () => {
  const write = (plan: object) => writeFileSync(join(dir, recordFiles.plan), JSON.stringify(plan))
  write({ schemaVersion: 1 })
  expect(() => readPlan(dir)).toThrow(/plan\.json: runId: is missing$/)
  const [first, ...others] = demoPlan.objectives
  write({ ...demoPlan, objectives: [{ ...first, targetRatio: 'most' }, ...others] })
  expect(() => readPlan(dir)).toThrow(/plan\.json: objectives\[0\]\.targetRatio: "most" is not a number$/)
  write(demoPlan)
  expect(readPlan(dir)).toEqual(demoPlan)
})

test('a plan without one of its fields is refused with its name', () => {
  // Newer, or not for judging and reporting.
  const unread = ['schemaVersion', 'faultsDespiteBreach']
  for (const key of Object.keys(demoPlan).filter((name) => !unread.includes(name))) {
    writeFileSync(join(dir, recordFiles.plan), JSON.stringify({ ...demoPlan, [key]: undefined }))
    expect(() => readPlan(dir)).toThrow(`plan.json: ${key}: is missing`)
  }
})

test.each<[string, (plan: typeof demoPlan) => void]>([
  ['phases.recovery', (plan) => (plan.phases.recovery.endMs = 1e12)],
  ['phases.steady', (plan) => (plan.phases.steady.endMs = plan.phases.steady.startMs - 1)],
  ['phases', (plan) => (plan.phases.faults.startMs = 0)],
  ['stableForMs', (plan) => (plan.stableForMs = -1)],
  ['load[0].durationMs', (plan) => Object.assign(plan.load[0] ?? {}, { durationMs: -5 })],
  ['load[0].rate', (plan) => Object.assign(plan.load[0] ?? {}, { rate: [[0, -1]] })],
  ['objectives[0].targetRatio', (plan) => Object.assign(plan.objectives[0] ?? {}, { targetRatio: 1.5 })],
])('a plan whose %s cannot be is refused with its name', (name, change) => {
  const plan = structuredClone(demoPlan)
  change(plan)
  writeFileSync(join(dir, recordFiles.plan), JSON.stringify(plan))
  expect(() => readPlan(dir)).toThrow(name)
})

test('a plan cut at any byte is refused, never half read', () => {
  createRecord(dir, { ...demoPlan, faults: [], objectives: [], expectations: [] })
  const file = join(dir, recordFiles.plan)
  const bytes = readFileSync(file)
  for (let length = 0; length < bytes.length - 2; length++) {
    writeFileSync(file, bytes.subarray(0, length))
    expect(() => readPlan(dir)).toThrow(HoldfastError)
  }
})

test('events that are not there, or are a folder, are told in one line', async () => {
  await expect(events()).rejects.toThrow(/events.ndjson can't be read \(ENOENT/)
  createRecord(eventsFile(), demoPlan)
  await expect(events()).rejects.toThrow(/events.ndjson is no regular file/)
})

test('events cut at any byte give every whole event before the cut and nothing else', async () => {
  writeLedger()
  const whole = await events()
  expect(whole.map(({ type }) => type)).toEqual([
    'run.started',
    'warning',
    'fault.injecting',
    'audit.failed',
    'run.ended',
  ])
  const bytes = readFileSync(eventsFile())
  const ends = [...bytes.entries()].filter(([, byte]) => byte === 0x0a).map(([index]) => index)
  for (let length = 0; length <= bytes.length; length++) {
    writeFileSync(eventsFile(), bytes.subarray(0, length))
    // A line is whole as soon as its last brace is there.
    expect(await events()).toEqual(whole.slice(0, ends.filter((end) => end <= length).length))
  }
})

test.each(['{"type":', 'null', '7', '\u0000\u0000'])(
  'a damaged line in the middle is an error with its place: %j',
  async (line) => {
    writeLedger()
    const text = readFileSync(eventsFile(), 'utf8').split('\n')
    writeFileSync(eventsFile(), [text[0], line, ...text.slice(1)].join('\n'))
    await expect(events()).rejects.toThrow(/events.ndjson:2: not a line of JSON/)
  },
)

test('windows larger than one read come back whole and in order', async () => {
  const lines = Array.from({ length: 30_000 }, (_, index) => ({
    type: 'error',
    name: `n${index}`,
    error: '€'.repeat(20),
    n: index,
  }))
  writeFileSync(join(dir, recordFiles.windows), lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
  let index = 0
  for await (const line of readWindows(dir)) expect(line).toEqual(lines[index++])
  expect(index).toBe(lines.length)
})

test('a ledger that is opened again goes on where it was', async () => {
  writeLedger()
  writeLedger()
  expect(await events()).toHaveLength(10)
})

test('the reserve is there while the ledger is open, and gone afterwards', () => {
  const ledger = new Ledger(dir)
  expect(existsSync(join(dir, recordFiles.reserve))).toBe(true)
  ledger.close()
  expect(existsSync(join(dir, recordFiles.reserve))).toBe(false)
})

test('after close nothing is appended, and nothing is announced', async () => {
  const ledger = new Ledger(dir)
  ledger.close()
  let full = false
  ledger.onFull = () => {
    full = true
  }
  ledger.append({ type: 'warning', message: 'late' })
  expect(() => ledger.sync({ type: 'warning', message: 'late' })).toThrow('closed')
  expect(full).toBe(false)
  appendFileSync(eventsFile(), '')
  expect(await events()).toEqual([])
})

test('a record is readable by its owner only', async () => {
  const { statSync } = await import('node:fs')
  createRecord(join(dir, 'r'), demoPlan)
  new Ledger(join(dir, 'r')).close()
  for (const name of [recordFiles.plan, recordFiles.events]) expect(statSync(join(dir, 'r', name)).mode & 0o077).toBe(0)
})

test('secrets never reach the ledger, whoever says them', () => {
  createRecord(dir, demoPlan)
  const ledger = new Ledger(dir)
  ledger.redact = (text) => text.replaceAll('hunter2', '***')
  ledger.append({ type: 'warning', message: 'probe said hunter2' })
  ledger.sync({ type: 'error', message: 'hunter2' })
  ledger.close()
  const text = readFileSync(eventsFile(), 'utf8')
  expect(text).not.toContain('hunter2')
  expect(text.match(/\*\*\*/g)).toHaveLength(2)
})

test.each([
  [{ type: 'warning', message: 7 }, 'message: 7 is not a string'],
  [{ type: 'process.started', instance: 'x', pid: -1, startTicks: 1 }, 'pid'],
  [{ type: 'fault.injecting', fault: 'f', pids: [], injections: 'x' }, 'injections'],
  [{ type: 'fault.injecting', fault: 'f', pids: [], injections: [{ driver: 'command', undo: 'sh' }] }, 'injections'],
  [{ type: 'run.ended', reason: 'well' }, 'reason'],
  [{ type: 'warning', message: '', atMs: 1e300 }, 'atMs'],
])('an event that does not fit is one line of error: %j', async (event, what) => {
  writeFileSync(
    join(dir, recordFiles.events),
    `{"atMs":1,"type":"load.started"}\n${JSON.stringify({ atMs: 1, ...event })}\n`,
  )
  await expect(events()).rejects.toThrow(HoldfastError)
  await expect(events()).rejects.toThrow(`events.ndjson: event 2: ${what}`)
})

test('events of a type that is not known, and further fields, are of another version', async () => {
  const text = '{"atMs":1,"type":"cluster.slept","for":7}\n{"atMs":1,"type":"warning","message":"m","by":"x"}\n'
  writeFileSync(join(dir, recordFiles.events), text)
  expect(await events()).toHaveLength(2)
})

test('a line that goes on over many pieces of the file is one line, and one that never ends is refused', async () => {
  const long = { atMs: 1, type: 'audit.failed', reason: 'ä'.repeat(200_000) }
  writeFileSync(join(dir, recordFiles.events), `${JSON.stringify(long)}\n${JSON.stringify(long)}\n`)
  expect(await events()).toEqual([long, long])
  writeFileSync(join(dir, recordFiles.events), 'x'.repeat((16 << 20) + 1))
  await expect(events()).rejects.toThrow('has a line of more than 16 MiB')
})

test('a line of more values than any event has is no line of JSON', async () => {
  writeFileSync(join(dir, recordFiles.events), `{"atMs":1,"a":[${'0,'.repeat(2_100_000)}0]}\n{"atMs":1,"type":"x"}\n`)
  await expect(events()).rejects.toThrow(/events.ndjson:1: not a line of JSON/)
})

test('the seconds that samples can fill go by their bytes', () => {
  writeFileSync(join(dir, recordFiles.windows), '')
  expect(mostSecondsIn(dir)).toBe(900)
  writeFileSync(join(dir, recordFiles.windows), 'x'.repeat(40_000))
  expect(mostSecondsIn(dir)).toBe(1_900)
})
