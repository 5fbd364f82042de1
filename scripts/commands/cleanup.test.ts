import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { bootId, processStat } from '../../chaos/drivers/proc.ts'
import type { RunEventBody } from '../../model/event.ts'
import { Ledger } from '../../run/record.ts'
import { recordDirOf } from '../project.ts'
import { cleanupCommand } from './cleanup.ts'
import { listCommand } from './list.ts'

let root = ''
let out = ''
let mark = ''
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'holdfast-cleanup-'))
  out = join(root, 'out')
  mark = join(root, 'mark')
  vi.stubEnv('XDG_STATE_HOME', join(root, 'state'))
})
afterEach(() => {
  vi.unstubAllEnvs()
  vi.restoreAllMocks()
  rmSync(root, { recursive: true })
})

/** A run that was killed while it tried its first rate: it has no plan and no ledger, and its step has a fault. */
const killedSearch = (holder: { pid: number; startTicks: number }) => {
  const step = join(out, 'search', 'steps', '01')
  mkdirSync(step, { recursive: true })
  writeFileSync(mark, '')
  const command = (script: string) => ({ argv: ['sh', '-c', script], timeoutMs: 5_000 })
  const events: RunEventBody[] = [
    { type: 'run.started', schemaVersion: 1, runId: 'search-s01', ...holder, bootId: bootId() },
    {
      type: 'fault.injecting',
      fault: 'f1',
      pids: [],
      injections: [
        { driver: 'command', inject: command('true'), probe: command(`test -e ${mark}`), undo: command(`rm ${mark}`) },
      ],
    },
  ]
  const ledger = new Ledger(step)
  for (const event of events) ledger.append(event)
  ledger.close()
}
const dead = { pid: 2 ** 22 + 1, startTicks: 1 }

const said = async (command: () => Promise<unknown>): Promise<unknown> => {
  const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true)
  await command()
  return JSON.parse(String(write.mock.calls.at(-1)?.[0]))
}
const rows = () => said(() => listCommand('runs', { out, json: true }))

it.each([
  ['--all', undefined],
  ['its id', 'search'],
  ['latest', 'latest'],
])('a killed search for the capacity is listed, and cleaned up by %s', async (_, run) => {
  killedSearch(dead)
  expect(await rows()).toEqual([{ run: 'search', verdict: 'not judged', left: 'perhaps: run `holdfast cleanup`' }])
  const clean = () => cleanupCommand(run, { out, json: true, ...(run === undefined ? { all: true } : {}) })
  expect(await said(clean)).toEqual([
    { run: join(out, 'search'), done: [expect.stringContaining('undid f1')], failed: [] },
  ])
  expect(existsSync(mark)).toBe(false)
  expect(await rows()).toMatchObject([{ left: 'nothing' }])
})

it('leaves a search that is going on alone', async () => {
  killedSearch({ pid: process.pid, startTicks: processStat(process.pid)?.startTicks ?? 0 })
  expect(await rows()).toMatchObject([{ left: 'still running' }])
  await expect(cleanupCommand('search', { out })).rejects.toThrow('is still running')
  expect(await said(() => cleanupCommand(undefined, { out, all: true, json: true }))).toEqual([])
  expect(existsSync(mark)).toBe(true)
})

it('is no record to judge', () => {
  killedSearch(dead)
  expect(() => recordDirOf('latest', out)).toThrow('no run "latest"')
})
