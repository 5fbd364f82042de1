import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Ledger } from './record.ts'
import { startWatchdog } from './watchdog.ts'

let dir = ''
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'holdfast-watchdog-'))
})
afterEach(() => rmSync(dir, { recursive: true }))

const shell = (script: string) => ({ argv: ['sh', '-c', script], timeoutMs: 5_000 })
const dead = { runId: 'dead', pid: 2 ** 22 + 1, startTicks: 1 }

test.each([
  { undo: 'true', staysLocked: false },
  { undo: 'exit 3', staysLocked: true },
])('a lock is given back only where nothing is left: undo "$undo"', async ({ undo, staysLocked }) => {
  const lock = join(dir, 'shop.lock')
  writeFileSync(lock, JSON.stringify({ ...dead, recordDir: dir, bootId: '' }))
  const ledger = new Ledger(dir)
  ledger.append({ type: 'run.started', schemaVersion: 1, ...dead })
  const injections = [{ driver: 'command' as const, inject: shell('true'), probe: shell('exit 1'), undo: shell(undo) }]
  ledger.append({ type: 'fault.injecting', fault: 'f1', pids: [], injections })
  ledger.close()
  const watchdog = spawn(process.execPath, [join(import.meta.dirname, 'watchdog-main.ts'), dir, lock], {
    stdio: ['pipe', 'ignore', 'inherit'],
  })
  watchdog.stdin.end()
  await once(watchdog, 'exit')
  expect(existsSync(lock)).toBe(staysLocked)
})

test('one that ends before it is dismissed is missed, one that is dismissed is not', async () => {
  const killed = startWatchdog(dir)
  const gone = new Promise<Error>((resolve) => killed.whenGone(resolve))
  process.kill(killed.pid ?? 0, 'SIGKILL')
  expect((await gone).message).toBe('the watchdog has ended (SIGKILL)')
  await killed.dismiss()

  const dismissed = startWatchdog(dir)
  const missed: Error[] = []
  dismissed.whenGone((error) => missed.push(error))
  await dismissed.dismiss()
  expect(missed).toEqual([])
})
