import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { bootId, processesWithEnvironment, processStat } from '../chaos/drivers/proc.ts'
import type { RunEventBody } from '../model/event.ts'
import type { Injection } from '../model/fault.ts'
import { cleanUp, isRunning, readLeftovers } from './leftovers.ts'
import { Ledger, recordFiles } from './record.ts'

let dir: string
const children: ChildProcess[] = []
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'holdfast-leftovers-'))
})
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
  rmSync(dir, { recursive: true, force: true })
})

const ledger = (...events: RunEventBody[]) => {
  const file = new Ledger(dir)
  for (const event of events) file.append(event)
  file.close()
}
const run = { type: 'run.started', schemaVersion: 1, runId: 'leftovers-test', pid: 1, startTicks: -1 } as const
const started = { ...run, bootId: bootId() } as const
const refOf = (pid: number) => ({ pid, startTicks: processStat(pid)?.startTicks ?? 0 })
const sleeper = (env: NodeJS.ProcessEnv = {}) => {
  const child = spawn('sleep', ['600'], { stdio: 'ignore', env: { PATH: process.env.PATH, ...env } })
  children.push(child)
  return { child, ended: once(child, 'exit'), ref: refOf(child.pid ?? 0) }
}
const shell = (script: string) => ({ argv: ['sh', '-c', script], timeoutMs: 5_000 })
const runbook = (fault: string, probe: string, undo: string): RunEventBody => ({
  type: 'fault.injecting',
  fault,
  pids: [],
  injections: [{ driver: 'command', inject: shell('true'), probe: shell(probe), undo: shell(undo) }],
})

test('an empty ledger, and one that was cut in its first line, have nothing left over', async () => {
  for (const text of ['', '{"atMs":1,"type":"run.sta']) {
    writeFileSync(join(dir, recordFiles.events), text)
    expect(await cleanUp(dir)).toEqual({ done: [], failed: [] })
  }
})

test.each([
  ['no boot', run],
  ['another boot', { ...run, bootId: 'another' }],
])('a process that a ledger of %s names is not touched: its ticks may be those of any', async (_, first) => {
  const { child, ref } = sleeper()
  ledger(first, { type: 'process.started', instance: 'api', ...ref })
  expect(await cleanUp(dir)).toEqual({ done: [], failed: [] })
  expect(processStat(child.pid ?? 0)).not.toBeNull()
})

test.each([
  ['run', { run: 'x/../../../production' }],
  ['namespace', { cluster: { context: 'c', kubeconfig: [], namespace: '../x', server: 'https://127.0.0.1:1' } }],
  ['kind', { kinds: ['../../namespaces'] }],
])('a ledger whose %s is no name of Kubernetes is damaged, and nobody is asked', async (_, wrong) => {
  const cluster = { context: 'c', kubeconfig: [], namespace: 'shop', server: 'https://127.0.0.1:1' }
  ledger(started, { type: 'cluster.entered', cluster, run: 'r', lock: null, kinds: ['PodChaos'], ...wrong })
  const { done, failed } = await cleanUp(dir)
  expect(done).toEqual([])
  expect(failed.join()).toContain('is no ')
  expect(failed.join()).not.toContain("can't be reached")
})

test('of a cluster that is away, a lock is no leftover, since it frees itself; faults are', async () => {
  const kubeconfig = [join(dir, 'no-such-kubeconfig')]
  const cluster = { context: 'shop', kubeconfig, namespace: 'shop', server: 'https://127.0.0.1:1' }
  const entered = { type: 'cluster.entered', cluster, run: 'r', lock: 'r_1' } as const
  ledger(started, { ...entered, kinds: [] })
  expect((await cleanUp(dir)).failed).toEqual([])
  ledger({ ...entered, kinds: ['PodChaos'] })
  expect((await cleanUp(dir)).failed).toEqual([expect.stringContaining("the cluster of the run can't be reached")])
}, 120_000)

test('a ledger cut at any byte tells of everything in its whole lines, and is no error', async () => {
  ledger(
    started,
    { type: 'process.started', instance: 'zwölf', pid: 5, startTicks: 1 },
    runbook('f1', 'true', 'true'),
    { type: 'fault.provenRemoved', fault: 'f1', evidence: '€ 𝄞' },
    { type: 'run.ended', reason: 'completed' },
  )
  const file = join(dir, recordFiles.events)
  const bytes = readFileSync(file)
  for (let length = 0; length <= bytes.length; length++) {
    writeFileSync(file, bytes.subarray(0, length))
    const left = await readLeftovers(dir)
    // A last line without its line feed is whole, too.
    const lines = bytes.subarray(0, length + (bytes[length] === 10 ? 1 : 0)).filter((byte) => byte === 10).length
    expect([left.runId, left.processes.length, left.commands.length, left.ended, left.damage]).toEqual([
      lines >= 1 ? 'leftovers-test' : '',
      lines >= 2 ? 1 : 0,
      lines === 3 ? 1 : 0,
      lines >= 5,
      null,
    ])
  }
}, 120_000)

test('a record without a ledger has started nothing', async () => {
  expect(await cleanUp(dir)).toEqual({ done: [], failed: [] })
})

test('a damaged ledger is told, and what stands before the damage is cleaned up all the same', async () => {
  const known = sleeper()
  ledger(started, { type: 'process.started', instance: 'api', ...known.ref })
  appendFileSync(join(dir, recordFiles.events), 'damage\n{"type":"warning"}\n')
  expect(await cleanUp(dir)).toEqual({
    done: ['ended 1 processes'],
    failed: [expect.stringMatching(/events.ndjson:3: not a line of JSON/)],
  })
  await known.ended
})

test('a process with the pid but another start is left alone', async () => {
  const { ref } = sleeper()
  ledger(started, { type: 'process.started', instance: 'api', ...ref, startTicks: ref.startTicks + 1 })
  expect(await cleanUp(dir)).toEqual({ done: [], failed: [] })
  expect(processStat(ref.pid)).not.toBeNull()
})

test('after a reboot no process is taken for one of the run, whatever its pid and start', async () => {
  const { ref } = sleeper()
  const self = { ...started, ...refOf(process.pid), bootId: 'another-boot' }
  ledger(self, { type: 'process.started', instance: 'api', ...ref }, runbook('f1', 'false', 'true'))
  expect(isRunning(await readLeftovers(dir))).toBe(false)
  mkdirSync(join(dir, recordFiles.work))
  expect(await cleanUp(dir)).toEqual({ done: ['undid f1: sh -c true'], failed: [] })
  expect(processStat(ref.pid)).not.toBeNull()
  expect(existsSync(join(dir, recordFiles.work))).toBe(false)
})

test('what has ended is nothing left over', async () => {
  ledger(
    started,
    { type: 'process.started', instance: 'api', pid: 5, startTicks: 1 },
    { type: 'process.started', instance: 'worker', pid: 6, startTicks: 1 },
    { type: 'process.exited', instance: 'api', pid: 5, code: 0, signal: null, expected: true },
    runbook('f1', 'false', 'true'),
    runbook('f2', 'false', 'true'),
    { type: 'fault.provenRemoved', fault: 'f1', evidence: '' },
  )
  const left = await readLeftovers(dir)
  expect(left.processes.map(({ instance }) => instance)).toEqual(['worker'])
  expect(left.commands.map(({ fault }) => fault)).toEqual(['f2'])
})

test('a one-shot command has nothing to undo', async () => {
  const injections: Injection[] = [{ driver: 'command', inject: shell('true'), probe: shell('true') }]
  ledger(started, { type: 'fault.injecting', fault: 'f1', pids: [], injections })
  expect(await readLeftovers(dir)).toMatchObject({ commands: [], faults: [] })
})

test('an undo that fails says why, and one that ends with 0 without effect says what the probe saw', async () => {
  ledger(started, runbook('f1', 'true', 'echo no such service >&2; exit 4'), runbook('f2', 'echo still there', 'true'))
  const { failed } = await cleanUp(dir)
  expect(failed).toEqual([
    'f2 could not be undone (its undo ended with 0, but it is not seen to be gone: probe sh -c echo still there: exit 0 still there); check with: sh -c echo still there',
    'f1 could not be undone (exit 4 no such service); check with: sh -c true',
  ])
})

test('a fault that could not be removed stays, and the last injected comes first', async () => {
  ledger(started, runbook('f1', 'true', 'true'), runbook('f2', 'true', 'true'), {
    type: 'fault.notRemoved',
    fault: 'f2',
    evidence: '',
    checkBy: [],
  })
  expect((await readLeftovers(dir)).commands.map(({ fault }) => fault)).toEqual(['f2', 'f1'])
})

test('a run goes on while its very process is alive and has not said that it ended', async () => {
  const self = { ...started, ...refOf(process.pid) }
  ledger(self)
  expect(isRunning(await readLeftovers(dir))).toBe(true)
  ledger({ type: 'run.ended', reason: 'completed' })
  expect(isRunning(await readLeftovers(dir))).toBe(false)
  rmSync(join(dir, recordFiles.events))
  ledger({ ...self, startTicks: self.startTicks - 1 })
  expect(isRunning(await readLeftovers(dir))).toBe(false)
})

test('known processes, stopped ones, their children, and marked ones that no ledger names are ended', async () => {
  const known = sleeper()
  const stopped = sleeper()
  process.kill(stopped.ref.pid, 'SIGSTOP')
  const marked = sleeper({ HOLDFAST_RUN: 'leftovers-test:1' })
  // The same id in the same second, from another Holdfast.
  const other = sleeper({ HOLDFAST_RUN: 'leftovers-test:2' })
  ledger(
    started,
    { type: 'process.started', instance: 'api', ...known.ref },
    {
      type: 'fault.injecting',
      fault: 'f1',
      injections: [{ driver: 'process', action: 'freeze', instance: 'db' }],
      pids: [{ instance: 'db', ...stopped.ref }],
    },
  )
  mkdirSync(join(dir, recordFiles.work, 'data'), { recursive: true })
  expect(await cleanUp(dir)).toEqual({ done: ['ended 3 processes'], failed: [] })
  await Promise.all([known.ended, stopped.ended, marked.ended])
  expect(processStat(other.ref.pid)).not.toBeNull()
  expect(existsSync(join(dir, recordFiles.work))).toBe(false)
  expect(await cleanUp(dir)).toEqual({ done: [], failed: [] })
})

test('a step that still goes on is ended with what it has put into the background', async () => {
  const env = { PATH: process.env.PATH, LEFTOVERS_TEST: dir }
  const child = spawn('sh', ['-c', '(sleep 600 &); sleep 600'], { stdio: 'ignore', detached: true, env })
  children.push(child)
  const running = () => processesWithEnvironment('LEFTOVERS_TEST', dir)
  await expect.poll(() => running().filter(({ parentPid }) => parentPid !== child.pid).length).toBe(2)
  await expect.poll(() => running().length).toBe(3)
  ledger(started, { type: 'process.started', instance: 'inject', ...refOf(child.pid ?? 0) })
  expect(await cleanUp(dir)).toEqual({ done: ['ended 3 processes'], failed: [] })
  expect(running()).toEqual([])
})

test('runbook steps are undone, the last injected first, also where the probe says that nothing is active', async () => {
  const at = (name: string) => join(dir, name)
  for (const name of ['a', 'b']) writeFileSync(at(name), '')
  const step = (name: string, probe = `test -e ${at(name)}`) =>
    runbook(name, probe, `rm -f ${at(name)} && echo ${name} >> ${at('order')}`)
  ledger(started, step('a', 'echo no route to the host >&2; exit 1'), step('b'))
  const { done, failed } = await cleanUp(dir)
  expect(failed).toEqual([])
  expect(done).toEqual([expect.stringMatching(/^undid b/), expect.stringMatching(/^undid a/)])
  expect(readFileSync(at('order'), 'utf8')).toBe('b\na\n')
  expect([existsSync(at('a')), existsSync(at('b'))]).toEqual([false, false])
})

test('commands are given the cluster of the run, as they were during it', async () => {
  const kubeconfig = [join(dir, 'one'), join(dir, 'two')]
  const cluster = { context: 'shop', kubeconfig, namespace: 'tills', server: 'https://127.0.0.1:1' }
  const told = (name: string) => `echo $HOLDFAST_CONTEXT $HOLDFAST_NAMESPACE $KUBECONFIG > ${join(dir, name)}`
  ledger(
    started,
    { type: 'cluster.entered', cluster, run: 'r', lock: null, kinds: [] },
    runbook('f1', `${told('probe')}; exit 1`, told('undo')),
  )
  expect((await cleanUp(dir)).failed).toEqual([])
  for (const name of ['probe', 'undo'])
    expect(readFileSync(join(dir, name), 'utf8')).toBe(`shop tills ${kubeconfig.join(':')}\n`)
})

test('a step that stays active, and a probe that cannot be run, are told with what to look at', async () => {
  ledger(started, runbook('f1', 'true', 'exit 3'), {
    type: 'fault.injecting',
    fault: 'f2',
    pids: [],
    injections: [
      {
        driver: 'command',
        inject: shell('true'),
        probe: { argv: ['/no/such/probe'], timeoutMs: 1_000 },
        undo: shell('true'),
      },
    ],
  })
  const { done, failed } = await cleanUp(dir)
  expect(done).toEqual([])
  expect(failed).toEqual([
    expect.stringMatching(/^f2 could not be undone .*check with: \/no\/such\/probe$/),
    'f1 could not be undone (exit 3); check with: sh -c true',
  ])
})
