import { execFileSync } from 'node:child_process'
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
  const file = new LineFile(openSync(join(dir, 'a'), 'a'))
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
  const file = new LineFile(openSync(join(dir, 'a'), 'a'))
  file.close()
  expect(() => file.sync()).toThrow('the record is closed')
})

test('a write that the system takes only in part leaves no piece of it', () => {
  const script = `
    import { openSync } from 'node:fs'
    import { LineFile } from ${JSON.stringify(join(import.meta.dirname, 'line-file.ts'))}
    const file = new LineFile(openSync(${JSON.stringify(join(dir, 'a'))}, 'a'))
    file.write('first\\n')
    try { file.write('x'.repeat(1e6) + '\\n') } catch (error) { console.log(error.code) }
    file.write('last\\n')`
  // No file of this process may grow beyond a few kB: the same as a disk that fills up, without needing one.
  const command = `trap '' XFSZ; ulimit -f 8; exec "$0" --input-type=module -e "$1"`
  expect(execFileSync('sh', ['-c', command, process.execPath, script], { encoding: 'utf8' })).toBe('EFBIG\n')
  expect(readFileSync(join(dir, 'a'), 'utf8')).toBe('first\nlast\n')
})

test('appends to what is there', () => {
  for (const text of ['one\n', 'zwölf\n']) {
    const file = new LineFile(openSync(join(dir, 'a'), 'a'))
    file.write(text)
    file.sync()
    file.close()
  }
  expect(readFileSync(join(dir, 'a'), 'utf8')).toBe('one\nzwölf\n')
})
