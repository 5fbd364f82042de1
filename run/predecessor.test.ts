import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { bootId } from '../chaos/drivers/proc.ts'
import type { RunEventBody } from '../model/event.ts'
import { takeLock } from './lock.ts'
import { settlePredecessor } from './predecessor.ts'
import { Ledger, readEvents } from './record.ts'

let root = ''
let locks = ''
let record = ''
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'holdfast-predecessor-'))
  locks = join(root, 'locks')
  record = join(root, 'dead')
  for (const dir of [locks, record]) mkdirSync(dir)
})
afterEach(() => rmSync(root, { recursive: true }))

const dead = { pid: 2 ** 22 + 1, startTicks: 1, bootId: bootId() }
const lockOfDead = () =>
  writeFileSync(join(locks, 'shop-local.lock'), JSON.stringify({ ...dead, runId: 'dead', recordDir: record }))
/** Another boot: nobody waits for a watchdog. */
const started: RunEventBody = { type: 'run.started', schemaVersion: 1, runId: 'dead', ...dead, bootId: 'another' }
const ledger = (...events: RunEventBody[]) => ledgerIn(record, ...events)
const ledgerIn = (dir: string, ...events: RunEventBody[]) => {
  const file = new Ledger(dir)
  for (const event of events) file.append(event)
  file.close()
}
const command = (script: string) => ({ argv: ['sh', '-c', script], timeoutMs: 5_000 })
const markFault = (undo: string): RunEventBody => ({
  type: 'fault.injecting',
  fault: 'f1',
  pids: [],
  injections: [
    {
      driver: 'command',
      inject: command('true'),
      probe: command(`test -e ${join(root, 'mark')}`),
      undo: command(undo),
    },
  ],
})
const settle = async (): Promise<string[]> => {
  const told: string[] = []
  await settlePredecessor(locks, 'shop local', (message) => told.push(message))
  return told
}
const types = async () => {
  const all: string[] = []
  for await (const { type } of readEvents(record)) all.push(type)
  return all
}

test('nothing happens without a dead run: no lock, a lock that is held, a run that had ended or not begun', async () => {
  expect(await settle()).toEqual([])
  const lock = takeLock(locks, 'shop local', { runId: 'a', recordDir: record })
  ledger(started)
  expect(await settle()).toEqual([])
  lock.giveBack()
  lockOfDead()
  ledger({ type: 'run.ended', reason: 'completed' })
  expect(await settle()).toEqual([])
  rmSync(record, { recursive: true })
  expect(await settle()).toEqual([])
})

test('what a killed run left is undone before the next one, and its record says so', async () => {
  lockOfDead()
  writeFileSync(join(root, 'mark'), '')
  ledger(started, markFault(`rm ${join(root, 'mark')}`))
  expect(await settle()).toEqual([expect.stringContaining('run dead was killed')])
  expect(readdirSync(root)).not.toContain('mark')
  expect((await types()).slice(2)).toEqual(['warning', 'fault.provenRemoved', 'run.ended'])
  expect(await settle()).toEqual([])
})

test('of a killed search for the capacity the step is found that was going on', async () => {
  lockOfDead()
  writeFileSync(join(root, 'mark'), '')
  const [first, second] = ['01', '02'].map((name) => join(record, 'steps', name)) as [string, string]
  for (const dir of [first, second]) mkdirSync(dir, { recursive: true })
  ledgerIn(first, started, { type: 'run.ended', reason: 'completed' })
  ledgerIn(second, started, markFault(`rm ${join(root, 'mark')}`))
  expect(await settle()).toEqual([expect.stringContaining('run dead was killed')])
  expect(readdirSync(root)).not.toContain('mark')
  expect(await settle()).toEqual([])
})

test('a watchdog that is at it is waited for', async () => {
  lockOfDead()
  writeFileSync(join(root, 'mark'), '')
  ledger({ ...started, bootId: bootId() }, markFault('exit 3'))
  const told: string[] = []
  // What the watchdog says when it is done, said while the next run waits.
  await settlePredecessor(locks, 'shop local', (message) => {
    told.push(message)
    ledger({ type: 'fault.provenRemoved', fault: 'f1', evidence: '' }, { type: 'run.ended', reason: 'crashed' })
  })
  expect(told).toHaveLength(1)
  expect(await types()).toEqual(['run.started', 'fault.injecting', 'fault.provenRemoved', 'run.ended'])
})

test('where something stays, no run begins', async () => {
  lockOfDead()
  writeFileSync(join(root, 'mark'), '')
  ledger(started, markFault('exit 3'))
  await expect(settle()).rejects.toMatchObject({
    message: expect.stringMatching(/^what run dead left could not be undone: f1 .*check with: sh -c test -e/),
    exitCode: 5,
  })
})

test('where a watchdog has done what it could and something stays, no run begins', async () => {
  lockOfDead()
  writeFileSync(join(root, 'mark'), '')
  const ended: RunEventBody = { type: 'run.ended', reason: 'crashed' }
  ledger({ ...started, bootId: bootId() }, markFault('exit 3'), ended)
  await expect(settle()).rejects.toMatchObject({ exitCode: 5 })
})
