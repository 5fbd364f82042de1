import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { endStarted, type Started, start } from '../started.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-started-'))
})
afterEach(async () => {
  await endStarted()
  rmSync(folder, { recursive: true })
})

/** A program that does this on SIGINT, and listens to it already. */
const listening = async (onSigint: string): Promise<Started> => {
  const script = `process.on('SIGINT', () => { ${onSigint} }); setInterval(() => {}, 1e6); console.log('ready')`
  const started = start(['-e', script], { cwd: folder })
  await expect.poll(started.said).toContain('ready')
  return started
}

test('what a test has left running ends in order, and is waited for', async () => {
  const one = await listening(
    `setTimeout(() => { require('node:fs').writeFileSync('tidied', ''); process.exit(130) }, 100)`,
  )
  await endStarted()
  expect(existsSync(join(folder, 'tidied'))).toBe(true)
  expect(await one.exit).toBe(130)
})

test('what does not listen is killed', async () => {
  const deaf = await listening('')
  await endStarted(100)
  expect(await deaf.exit).toBe('SIGKILL')
})

test('what has ended is left alone', async () => {
  const done = start(['-e', ''])
  expect(await done.exit).toBe(0)
  await endStarted()
})
