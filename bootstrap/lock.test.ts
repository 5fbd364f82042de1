import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { withLock } from './lock.js'

let project: string

beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), 'holdfast-lock-'))
})

afterEach(() => rmSync(project, { recursive: true, force: true }))

const leaveLock = (owner: string) => {
  mkdirSync(join(project, '.tools'))
  writeFileSync(join(project, '.tools/setup.lock'), owner)
}

test('the lock of a process that is gone does not count', async () => {
  leaveLock('2147483646 1')
  expect(await withLock(project, async () => 'worked')).toBe('worked')
})

test.runIf(process.platform === 'linux')('nor that of an earlier process with the pid of a living one', async () => {
  leaveLock(`${process.pid} 1`)
  expect(await withLock(project, async () => 'worked')).toBe('worked')
})

test('two at once work one after the other', async () => {
  const steps: string[] = []
  const work = (name: string) => async () => {
    steps.push(`${name} starts`)
    await new Promise((resolve) => setImmediate(resolve))
    steps.push(`${name} ends`)
  }
  await Promise.all([withLock(project, work('a')), withLock(project, work('b'))])
  expect(steps).toEqual(['a starts', 'a ends', 'b starts', 'b ends'])
})

test('a failure lets go of the lock and leaves no file', async () => {
  const work = async () => {
    throw new Error('no network')
  }
  await expect(withLock(project, work)).rejects.toThrow('no network')
  expect(readdirSync(join(project, '.tools'))).toEqual([])
})
