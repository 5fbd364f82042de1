import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { DriverContext } from '../chaos/drivers/driver.ts'
import { processStat } from '../chaos/drivers/proc.ts'
import type { RunEvent } from '../model/event.ts'
import type { Injection } from '../model/fault.ts'
import type { PlannedFault } from '../model/plan.ts'
import { runFault } from './faults.ts'
import { Ledger, readEvents, recordFiles } from './record.ts'
import { UndoStack } from './undo.ts'

let dir: string
let ledger: Ledger
let abort: AbortController
let undo: UndoStack
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'holdfast-faults-'))
  ledger = new Ledger(dir)
  abort = new AbortController()
  undo = new UndoStack(10_000)
})
afterEach(() => {
  ledger.close()
  rmSync(dir, { recursive: true })
})

const shell = (script: string) => ({ argv: ['sh', '-c', script], timeoutMs: 5_000 })
const mark = (name: string) => join(dir, name)
/** Leaves a file while it is active. */
const step = (name: string, inject = `touch ${mark(name)}`): Injection => ({
  driver: 'command',
  inject: shell(inject),
  probe: shell(`test -e ${mark(name)}`),
  undo: shell(`rm -f ${mark(name)}`),
})
const fault = (injections: Injection[], more: Partial<PlannedFault> = {}): PlannedFault => ({
  id: 'f1',
  kind: 'command',
  label: 'step',
  oneShot: false,
  target: { kind: 'none' },
  atMs: 0,
  holdMs: 60_000,
  injections,
  ...more,
})
const carryOut = (planned: PlannedFault, context: Partial<DriverContext> = {}) =>
  runFault(planned, {
    context: { commandEnv: process.env, probeEnv: process.env, ...context } as unknown as DriverContext,
    ledger,
    undo,
    listener: {},
    signal: abort.signal,
    startedAtMs: Date.now(),
  })
const types = async () => {
  const all: RunEvent['type'][] = []
  for await (const event of readEvents(dir)) all.push(event.type)
  return all
}

test('a ledger that refuses keeps the fault from being injected', async () => {
  ledger.close()
  await carryOut(fault([step('a')]))
  expect(existsSync(mark('a'))).toBe(false)
  await undo.all()
})

test('the ledger has it before it is injected', async () => {
  await carryOut(
    fault([step('a', `grep -q fault.injecting ${mark(recordFiles.events)} && touch ${mark('a')}`)], { holdMs: 0 }),
  )
  expect(await types()).toEqual([
    'fault.injecting',
    'fault.injected',
    'fault.active',
    'fault.removing',
    'fault.removed',
    'fault.provenRemoved',
  ])
})

test('an inject that fails halfway is no fault, and all of it is removed at once', async () => {
  await carryOut(fault([step('a'), step('b', `touch ${mark('b')}; exit 1`)]))
  expect([existsSync(mark('a')), existsSync(mark('b'))]).toEqual([false, false])
  expect(await types()).toEqual([
    'fault.injecting',
    'fault.notActive',
    'fault.removing',
    'fault.removed',
    'fault.provenRemoved',
  ])
})

test('a removal that takes longer than its time is not removed, until it is proven so', async () => {
  undo = new UndoStack(1)
  const back = Promise.withResolvers<void>()
  const self = { instance: 'api', pid: process.pid, startTicks: 1 }
  const up: { ref: typeof self | null } = { ref: null }
  const context = { process: () => up.ref, hold: () => {}, release: () => back.promise }
  await carryOut(fault([{ driver: 'process', action: 'hold', instance: 'api' }]), context)
  const begun = ['fault.injecting', 'fault.notActive', 'fault.removing', 'fault.notRemoved']
  expect(await types()).toEqual(begun)
  up.ref = self
  back.resolve()
  await expect.poll(types).toEqual([...begun, 'fault.removed', 'fault.provenRemoved'])
})

test('stress that ends before its removal was not active for its time', async () => {
  const helpers: ChildProcess[] = []
  const startHelper = (instance: string, [file = '', ...args]: string[]) => {
    const helper = spawn(file, args, { stdio: 'ignore' })
    helpers.push(helper)
    return { instance, pid: helper.pid ?? 0, startTicks: processStat(helper.pid ?? 0)?.startTicks ?? 0 }
  }
  const planned = fault([
    { driver: 'stress', resource: 'memory', instance: 'api', bytes: 1_000_000, deadlineMs: 60_000 },
  ])
  const running = carryOut(planned, { startHelper, stopHelper: () => {} })
  await expect.poll(types, { timeout: 10_000 }).toContain('fault.active')
  helpers[0]?.kill('SIGKILL')
  await once(helpers[0] as ChildProcess, 'exit')
  await expect.poll(types, { timeout: 10_000 }).toContain('fault.notActive')
  abort.abort()
  await running
  await undo.all()
  expect((await types()).slice(2)).toEqual([
    'fault.active',
    'fault.notActive',
    'fault.removing',
    'fault.removed',
    'fault.provenRemoved',
  ])
}, 20_000)

test('a step that ends by itself is told once, with when it was seen last, and is undone all the same', async () => {
  const running = carryOut(fault([step('a')], { holdMs: 4_000 }))
  await expect.poll(types).toContain('fault.active')
  rmSync(mark('a'))
  await running
  const all: RunEvent[] = []
  for await (const event of readEvents(dir)) all.push(event)
  expect(all.map(({ type }) => type)).toEqual([
    'fault.injecting',
    'fault.injected',
    'fault.active',
    'fault.notActive',
    'fault.removing',
    'fault.removed',
    'fault.provenRemoved',
  ])
  const told = all.find((event) => event.type === 'fault.notActive')
  expect(told?.evidence).toMatch(
    /^ended \d\.\d\.\.\d\.\d s after its injection, before its 4\.0 s were over: probe sh -c test/,
  )
  expect(told?.goneAtMs).toBeGreaterThan(told?.lastSeenAtMs ?? Number.NaN)
})

test('a step that was never active is told once, also when it is seen to be gone at its removal', async () => {
  const inactive = { ...step('a', 'true'), probe: { argv: ['false'], timeoutMs: 5_000 } } as Injection
  const running = carryOut(fault([inactive], { holdMs: 0 }))
  await running
  expect((await types()).filter((type) => type === 'fault.notActive')).toHaveLength(1)
}, 30_000)

test('a run that is stopped before its time injects nothing', async () => {
  const running = carryOut(fault([step('a')], { atMs: 60_000 }))
  abort.abort()
  await running
  await undo.all()
  expect(await types()).toEqual([])
})

test('a run that is stopped while it holds leaves the removal to the undo', async () => {
  const running = carryOut(fault([step('a')]))
  await expect.poll(types).toContain('fault.active')
  abort.abort()
  await running
  expect(existsSync(mark('a'))).toBe(true)
  await undo.all()
  expect(existsSync(mark('a'))).toBe(false)
  expect((await types()).at(-1)).toBe('fault.provenRemoved')
})

test('a run that is stopped while it injects ends the inject, and the undo comes when it has ended', async () => {
  const inject = `echo $$ > ${mark('pid')}; touch ${mark('a')} ${mark('begun')}; read forever < ${mark('never')}`
  execFileSync('mkfifo', [mark('never')])
  const undoing = `kill -0 $(cat ${mark('pid')}) && touch ${mark('beside')}; rm -f ${mark('a')}`
  const lasting = { ...shell(inject), timeoutMs: 600_000 }
  const running = carryOut(fault([{ ...step('a'), inject: lasting, undo: shell(undoing) } as Injection]))
  await expect.poll(() => existsSync(mark('begun'))).toBe(true)
  abort.abort()
  await running
  await undo.all()
  expect([existsSync(mark('a')), existsSync(mark('beside'))]).toEqual([false, false])
  expect(await types()).toEqual(['fault.injecting', 'fault.removing', 'fault.removed', 'fault.provenRemoved'])
})
