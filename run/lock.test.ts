import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { bootId, processStat } from '../chaos/drivers/proc.ts'
import { HoldfastError } from '../model/errors.ts'
import { dropLockOf, dropLocksOf, lockHolders, staleHolder, takeLock } from './lock.ts'

let dir = ''
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'holdfast-lock-'))
})
afterEach(() => rmSync(dir, { recursive: true }))

const run = (runId: string) => ({ runId, recordDir: `/out/${runId}` })

test('a second run of the same system is refused by the name of the first, another system is not', () => {
  takeLock(dir, 'shop local', run('a'))
  expect(() => takeLock(dir, 'shop local', run('b'))).toThrow(/shop local is in use by run a \(pid \d+\)/)
  takeLock(dir, 'shop external', run('c'))
  expect(
    lockHolders(dir)
      .map(({ runId }) => runId)
      .sort(),
  ).toEqual(['a', 'c'])
})

test('a lock that was given back is free, and nothing is left in the folder', () => {
  takeLock(dir, 'shop local', run('a')).giveBack()
  expect(readdirSync(dir)).toEqual([])
  takeLock(dir, 'shop local', run('b')).giveBack()
  expect(readdirSync(dir)).toEqual([])
})

test.each([
  ['its process is gone', JSON.stringify({ runId: 'dead', recordDir: '', pid: 2 ** 22 + 1, startTicks: 1 })],
  [
    'the very pid and start, of another boot of the machine',
    JSON.stringify({
      runId: 'dead',
      recordDir: '',
      pid: process.pid,
      startTicks: processStat(process.pid)?.startTicks,
      bootId: `not-${bootId()}`,
    }),
  ],
  ['its pid is another process now', JSON.stringify({ runId: 'dead', recordDir: '', pid: process.pid, startTicks: 1 })],
  ['it was cut while it was written', '{"runId":"de'],
  ['it is empty', ''],
])('a stale lock is taken over: %s', (_why, text) => {
  writeFileSync(join(dir, 'shop-local.lock'), text)
  expect(lockHolders(dir)).toEqual([])
  takeLock(dir, 'shop local', run('b'))
  expect(lockHolders(dir).map(({ runId }) => runId)).toEqual(['b'])
})

test('the lock of a dead run names it, and is dropped for that run alone; one that is held stays', () => {
  const dead = { ...run('dead'), pid: 2 ** 22 + 1, startTicks: 1, bootId: bootId() }
  const file = join(dir, 'shop-local.lock')
  writeFileSync(file, JSON.stringify(dead))
  expect(staleHolder(dir, 'shop local')).toEqual(dead)
  dropLockOf('/out/another', file)
  expect(readdirSync(dir)).toHaveLength(1)
  dropLockOf('/out/dead', file)
  dropLockOf('/out/dead', file)
  expect(readdirSync(dir)).toEqual([])
  expect(staleHolder(dir, 'shop local')).toBeNull()

  takeLock(dir, 'shop local', run('a'))
  expect(staleHolder(dir, 'shop local')).toBeNull()
  dropLocksOf('/out/a', dir)
  expect(lockHolders(dir)).toHaveLength(1)
  dropLocksOf('/out/a', join(dir, 'nothing'))
})

test('a name cannot lead out of the folder', () => {
  takeLock(dir, '../../etc/x', run('a'))
  expect(readdirSync(dir)).toEqual(['..-..-etc-x.lock'])
})

test('a folder that cannot hold locks is told in one line', () => {
  const file = join(dir, 'file')
  writeFileSync(file, '')
  expect(() => takeLock(file, 'shop local', run('a'))).toThrow(HoldfastError)
  expect(() => lockHolders(file)).toThrow(HoldfastError)
  expect(lockHolders(join(dir, 'nothing'))).toEqual([])
})
