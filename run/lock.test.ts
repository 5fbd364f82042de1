import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { HoldfastError } from '../model/errors.ts'
import { lockHolders, takeLock } from './lock.ts'

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
  takeLock(dir, 'shop local', run('a'))()
  expect(readdirSync(dir)).toEqual([])
  takeLock(dir, 'shop local', run('b'))()
  expect(readdirSync(dir)).toEqual([])
})

test.each([
  ['its process is gone', JSON.stringify({ runId: 'dead', recordDir: '', pid: 2 ** 22 + 1, startTicks: 1 })],
  ['its pid is another process now', JSON.stringify({ runId: 'dead', recordDir: '', pid: process.pid, startTicks: 1 })],
  ['it was cut while it was written', '{"runId":"de'],
  ['it is empty', ''],
])('a stale lock is taken over: %s', (_why, text) => {
  writeFileSync(join(dir, 'shop-local.lock'), text)
  expect(lockHolders(dir)).toEqual([])
  takeLock(dir, 'shop local', run('b'))
  expect(lockHolders(dir).map(({ runId }) => runId)).toEqual(['b'])
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
