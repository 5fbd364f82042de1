import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { RunEvent } from '../model/event.ts'
import { readLeftovers } from './leftovers.ts'
import { noteCleanUp } from './note-clean-up.ts'
import { readEvents } from './record.ts'

let dir = ''
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'holdfast-note-'))
})
afterEach(() => rmSync(dir, { recursive: true }))

const started: RunEvent = {
  atMs: 1,
  type: 'run.started',
  schemaVersion: 1,
  runId: 'r',
  pid: 2 ** 22 + 1,
  startTicks: 1,
}
const injecting = (fault: string, action: 'kill' | 'freeze'): RunEvent => ({
  atMs: 2,
  type: 'fault.injecting',
  fault,
  injections: [{ driver: 'process', action, instance: 'api' }],
  pids: [],
})

const ledger = (events: RunEvent[], tail = ''): void =>
  writeFileSync(join(dir, 'events.ndjson'), events.map((event) => `${JSON.stringify(event)}\n`).join('') + tail)
const note = async (result: { done: string[]; failed: string[] }): Promise<RunEvent[]> => {
  noteCleanUp(dir, 'test', await readLeftovers(dir), result)
  const events: RunEvent[] = []
  for await (const event of readEvents(dir)) events.push(event)
  return events
}
const types = (events: RunEvent[]) => events.map((event) => event.type)

test('what was cleaned up is proven removed, a one-shot has nothing to remove, and the run has ended', async () => {
  ledger([started, injecting('f1', 'kill'), injecting('f2', 'freeze')], '{"atMs":3,"type":"fault.inj')
  const events = await note({ done: ['ended 3 processes'], failed: [] })
  expect(types(events).slice(3)).toEqual(['warning', 'fault.provenRemoved', 'run.ended'])
  expect(events[4]).toMatchObject({ fault: 'f2', evidence: 'test: ended 3 processes' })
})

test('where something is left nothing is proven, and the record says what', async () => {
  ledger([started, injecting('f2', 'freeze')])
  const events = await note({ done: [], failed: ['processes 7 could not be ended'] })
  expect(types(events).slice(2)).toEqual(['warning', 'error', 'run.ended'])
})

test('a cluster in which nothing is left has been left', async () => {
  const cluster = { context: 'shop', kubeconfig: [], namespace: 'shop', server: 'https://127.0.0.1:1' }
  ledger([started, { atMs: 2, type: 'cluster.entered', cluster, run: 'r', lock: null, kinds: ['PodChaos'] }])
  expect(types(await note({ done: [], failed: ['the cluster is away'] }))).not.toContain('cluster.left')
  expect(types(await note({ done: [], failed: [] }))).toContain('cluster.left')
})

test('a record without a ledger stays without', async () => {
  noteCleanUp(dir, 'test', await readLeftovers(dir), { done: [], failed: [] })
  expect(readdirSync(dir)).toEqual([])
})

test('a run that ended in order gets no word more, however often', async () => {
  ledger([started, injecting('f1', 'kill'), { atMs: 3, type: 'run.ended', reason: 'completed' }])
  const before = readFileSync(join(dir, 'events.ndjson'), 'utf8')
  await note({ done: [], failed: [] })
  await note({ done: [], failed: [] })
  expect(readFileSync(join(dir, 'events.ndjson'), 'utf8')).toBe(before)
})
