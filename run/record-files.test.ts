import { execFileSync } from 'node:child_process'
import {
  closeSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { HoldfastError } from '../model/errors.ts'
import {
  isAbsent,
  isInRecord,
  makeInRecord,
  moveInRecord,
  namesInRecord,
  openToAppend,
  openToOverwrite,
  openToRead,
  readRecordFile,
  readRecordJson,
  removeFromRecord,
  writeRecordFile,
} from './record-files.ts'
import { recordFiles } from './record-names.ts'

let top = ''
let dir = ''
let outside = ''
beforeEach(() => {
  top = mkdtempSync(join(tmpdir(), 'holdfast-record-files-'))
  dir = join(top, 'record')
  outside = join(top, 'outside')
  for (const folder of [dir, outside]) mkdirSync(folder)
  writeFileSync(join(outside, 'notes.txt'), 'mine')
})
afterEach(() => rmSync(top, { recursive: true }))

const at = (name: string) => join(dir, name)
/** Every way to open a file of a record. */
const ways: Record<string, (name: string) => unknown> = {
  readRecordFile: (name) => readRecordFile(dir, name),
  openToRead: (name) => closeSync(openToRead(dir, name)),
  openToAppend: (name) => closeSync(openToAppend(dir, name)),
  openToOverwrite: (name) => closeSync(openToOverwrite(dir, name)),
}

describe.each(Object.entries(ways))('%s', (_name, way) => {
  test('follows no link, to a file, to nothing or to a folder', () => {
    for (const [name, target] of [
      ['file', join(outside, 'notes.txt')],
      ['nothing', join(outside, 'new')],
      ['folder', outside],
    ] as const) {
      symlinkSync(target, at(name))
      expect(() => way(name)).toThrow(`${at(name)} is a link`)
    }
    expect(readdirSync(outside)).toEqual(['notes.txt'])
    expect(readFileSync(join(outside, 'notes.txt'), 'utf8')).toBe('mine')
  })

  test('follows no linked folder of the record', () => {
    symlinkSync(outside, at('logs'))
    expect(() => way('logs/notes.txt')).toThrow(`${at('logs')} is a link`)
  })

  test('opens no pipe, no socket and no folder, and does not wait for one', async () => {
    execFileSync('mkfifo', [at('pipe')])
    const server = createServer().listen(at('socket'))
    await new Promise((resolve) => server.once('listening', resolve))
    mkdirSync(at('folder'))
    for (const name of ['pipe', 'socket']) expect(() => way(name)).toThrow(`${at(name)} is no regular file`)
    expect(() => way('folder')).toThrow(HoldfastError)
    server.close()
  })

  test('leaves the record by no name', () => {
    for (const name of ['../outside/notes.txt', 'logs/../../outside/notes.txt', '..'])
      expect(() => way(name)).toThrow('lies outside of the record')
  })
})

test('a record that is a link is none, and a link above it is the user’s own', () => {
  writeFileSync(at('plan.json'), '{}')
  symlinkSync(dir, join(top, 'linked'))
  expect(() => readRecordFile(join(top, 'linked'), 'plan.json')).toThrow(`${join(top, 'linked')} is a link`)
  symlinkSync(top, join(outside, 'top'))
  expect(readRecordFile(join(outside, 'top', 'record'), 'plan.json')).toBe('{}')
})

test('the record of a step lies in its search: no folder between them may be a link', () => {
  mkdirSync(join(outside, '01'))
  writeFileSync(join(outside, '01', 'plan.json'), '{}')
  symlinkSync(outside, at('steps'))
  expect(() => readRecordFile(join(dir, 'steps', '01'), 'plan.json')).toThrow(`${at('steps')} is a link`)
  expect(() => namesInRecord(dir, 'steps')).toThrow(`${at('steps')} is a link`)
})

test('a file with a second name is read, and never changed', () => {
  linkSync(join(outside, 'notes.txt'), at('events.ndjson'))
  expect(readRecordFile(dir, 'events.ndjson')).toBe('mine')
  for (const way of [openToAppend, openToOverwrite])
    expect(() => way(dir, 'events.ndjson')).toThrow('has a second name (a hard link)')
  writeRecordFile(dir, 'events.ndjson', 'new')
  expect(readFileSync(join(outside, 'notes.txt'), 'utf8')).toBe('mine')
})

test('what is written replaces a link, for its owner alone, and leaves nothing beside it', () => {
  for (const name of ['report.md', 'report.md.new']) symlinkSync(join(outside, 'notes.txt'), at(name))
  writeRecordFile(dir, 'report.md', 'text')
  expect(readFileSync(at('report.md'), 'utf8')).toBe('text')
  expect(statSync(at('report.md')).mode & 0o777).toBe(0o600)
  expect(readdirSync(dir)).toEqual(['report.md', 'report.md.new'])
  expect(readFileSync(join(outside, 'notes.txt'), 'utf8')).toBe('mine')
})

test('what cannot be written is one error, and leaves nothing', () => {
  mkdirSync(at('report.md'))
  expect(() => writeRecordFile(dir, 'report.md', 'text')).toThrow(/report.md can't be written \(EISDIR/)
  expect(readdirSync(dir)).toEqual(['report.md'])
})

test('what is absent is told from what cannot be read', () => {
  const errorOf = (name: string) => {
    try {
      return readRecordFile(dir, name)
    } catch (error) {
      return error
    }
  }
  expect(isAbsent(errorOf('plan.json'))).toBe(true)
  symlinkSync('nowhere', at('plan.json'))
  expect(isAbsent(errorOf('plan.json'))).toBe(false)
  expect(isInRecord(dir, 'plan.json')).toBe(true)
  expect(isInRecord(dir, 'verdict.json')).toBe(false)
  expect(isInRecord(join(top, 'none'), 'plan.json')).toBe(false)
  expect(namesInRecord(dir, 'steps')).toEqual([])
})

test('no more is read than a file of its kind can have', () => {
  for (const name of [recordFiles.plan, recordFiles.verdict, recordFiles.charts, recordFiles.events]) {
    writeFileSync(at(name), '')
    // Takes no room on the disk.
    truncateSync(at(name), 2 ** 36)
    expect(() => readRecordFile(dir, name)).toThrow(/is larger than \d+ MiB/)
  }
})

test.each([
  ['deep', `${'['.repeat(5_000)}${']'.repeat(5_000)}`, 'more than 40 levels'],
  ['long', `[${'0,'.repeat(300_000)}0]`, 'more than 250000 values'],
  ['a huge number', '{"a":1e300}', 'the number 1e+300'],
  ['an infinite number', '{"a":1e999}', 'the number Infinity'],
  ['a long text', `"${'a'.repeat(300_000)}"`, 'a text of 300000 characters'],
])('JSON that holds more than Holdfast writes is refused: %s', (_name, text, what) => {
  writeFileSync(at('plan.json'), text)
  expect(() => readRecordJson(dir, 'plan.json')).toThrow(what)
})

test('a folder is removed, and not what links in it lead to', () => {
  mkdirSync(at('work'))
  symlinkSync(outside, at('work/linked'))
  removeFromRecord(dir, 'work')
  expect(existsSync(at('work'))).toBe(false)
  symlinkSync(outside, at('work'))
  removeFromRecord(dir, 'work')
  expect(existsSync(at('work'))).toBe(false)
  removeFromRecord(dir, 'work')
  expect(readdirSync(outside)).toEqual(['notes.txt'])
})

test('folders are made once, and never over a link', () => {
  for (let time = 0; time < 2; time++) makeInRecord(dir, 'steps')
  makeInRecord(dir, 'steps/01')
  expect(statSync(at('steps/01')).mode & 0o777).toBe(0o700)
  symlinkSync(outside, at('logs'))
  expect(() => makeInRecord(dir, 'logs')).toThrow(`${at('logs')} is a link`)
})

test('a record moves into a folder of its own', () => {
  writeFileSync(at('plan.json'), '{}')
  makeInRecord(dir, 'steps')
  makeInRecord(dir, 'steps/01')
  moveInRecord(dir, 'steps/01', 'steps')
  expect(readdirSync(dir)).toEqual(['steps'])
  expect(readdirSync(at('steps/01'))).toEqual(['plan.json'])
})

test('leaves no folder open', () => {
  const open = () => readdirSync('/proc/self/fd').length
  writeFileSync(at('plan.json'), '{}')
  symlinkSync('x', at('link'))
  const before = open()
  for (let time = 0; time < 50; time++) {
    readRecordFile(dir, 'plan.json')
    expect(() => readRecordFile(dir, 'link')).toThrow()
    expect(() => readRecordFile(dir, 'none')).toThrow()
    expect(() => readRecordFile(dir, 'plan.json/x')).toThrow()
    writeRecordFile(dir, 'verdict.json', '')
  }
  expect(open()).toBe(before)
})

test('a name that is too long is one error', () => {
  expect(() => readRecordFile(join(top, 'a'.repeat(300)), 'plan.json')).toThrow(/can't be read \(ENAMETOOLONG/)
})
