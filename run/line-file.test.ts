import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { LineFile } from './line-file.ts'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'holdfast-line-file-'))
})
afterEach(() => rmSync(dir, { recursive: true }))

test('a write after close is left out, also when another file has the descriptor now', () => {
  const file = new LineFile(join(dir, 'a'))
  file.write('one\n')
  file.close()
  const other = openSync(join(dir, 'b'), 'a')
  file.write('two\n')
  file.close()
  closeSync(other)
  expect(readFileSync(join(dir, 'a'), 'utf8')).toBe('one\n')
  expect(readFileSync(join(dir, 'b'), 'utf8')).toBe('')
})

test('a sync after close throws: what it announces must not be done', () => {
  const file = new LineFile(join(dir, 'a'))
  file.close()
  expect(() => file.sync()).toThrow('the record is closed')
})

test('appends to what is there', () => {
  for (const text of ['one\n', 'zwölf\n']) {
    const file = new LineFile(join(dir, 'a'))
    file.write(text)
    file.sync()
    file.close()
  }
  expect(readFileSync(join(dir, 'a'), 'utf8')).toBe('one\nzwölf\n')
})
