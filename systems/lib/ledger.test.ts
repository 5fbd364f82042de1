import { appendFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { Ledger } from './ledger.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-ledger-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

test('a known key sends nothing again; without a key the same message is a duplicate', () => {
  const ledger = new Ledger(join(folder, 'ledger'))
  expect(ledger.accept('key', ['a', 'b'])).toBe(true)
  expect(ledger.accept('key', ['a', 'b'])).toBe(false)
  expect(ledger.accept(null, ['b', 'c'])).toBe(true)
  expect(ledger).toMatchObject({ accepted: 4, messages: 3, duplicates: 1, replayed: 1 })
})

test('remembers over a crash, and half a line counts for nothing', () => {
  const file = join(folder, 'ledger')
  new Ledger(file).accept('key', ['a'])
  appendFileSync(file, '{"key":"half","refs":["b"')
  const ledger = new Ledger(file)
  expect(ledger.accept('key', ['a'])).toBe(false)
  expect(ledger.accept('half', ['b'])).toBe(true)
  expect(new Ledger(file)).toMatchObject({ accepted: 2, duplicates: 0 })
})
