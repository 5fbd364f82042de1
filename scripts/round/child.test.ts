import { mkdtempSync, rmSync } from 'node:fs'
import { watch } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { runNode } from './child.ts'

let dir = ''
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'holdfast-child-'))
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
})
afterEach(() => {
  vi.useRealTimers()
  rmSync(dir, { recursive: true })
})

/** A run that has begun: from then on it hears of SIGTERM. `time` is what passes then. */
const run = async (onSigterm: string, thenDoes: string, time: () => void) => {
  const changes = watch(dir)[Symbol.asyncIterator]()
  const begun = changes.next()
  const says = `require('fs').writeFileSync(${JSON.stringify(join(dir, 'begun'))}, '')`
  const script = `process.on('SIGTERM', () => { ${onSigterm} }); ${says}; ${thenDoes}`
  const end = runNode(['--eval', script], new AbortController().signal, { mostMs: 1_000, undoMs: 2_000 })
  await begun
  await changes.return?.()
  time()
  return await end
}

it('a run that took too long ends by itself', async () => {
  const end = await run('process.exit(130)', 'setInterval(() => {}, 1e6)', () => vi.advanceTimersByTime(2_999))
  expect(end).toMatchObject({ code: 130, signal: null, tookTooLong: true })
})

it('one that is too stuck to hear of it is killed', async () => {
  const stuck = 'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)'
  const end = await run('process.exit(130)', stuck, () => vi.advanceTimersByTime(3_000))
  expect(end).toMatchObject({ code: null, signal: 'SIGKILL', tookTooLong: true })
})
