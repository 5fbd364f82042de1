import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { whatIsWrongWithDependencies } from './dependencies.js'

let project: string
const ours = { version: '1.0.0', integrity: 'sha512-a', optional: true, os: [process.platform], cpu: [process.arch] }
const wanted = {
  '': { optionalDependencies: { ours: '1.0.0', 'other-platform': '1.0.0' } },
  'node_modules/zod': { version: '4.0.0', integrity: 'sha512-z' },
  'node_modules/ours': ours,
  'node_modules/other-platform': { ...ours, os: ['plan9'] },
}
const { '': _root, 'node_modules/other-platform': _other, ...installed } = wanted
const zod = wanted['node_modules/zod']

const writeLocks = (inFolder: object | string) => {
  writeFileSync(join(project, 'package-lock.json'), JSON.stringify({ packages: wanted }))
  const text = typeof inFolder === 'string' ? inFolder : JSON.stringify({ packages: inFolder })
  writeFileSync(join(project, 'node_modules/.package-lock.json'), text)
}

beforeEach(() => {
  project = mkdtempSync(join(tmpdir(), 'holdfast-dependencies-'))
  for (const name of ['zod', 'ours']) {
    mkdirSync(join(project, 'node_modules', name), { recursive: true })
    writeFileSync(join(project, 'node_modules', name, 'package.json'), '{}')
  }
  writeLocks(installed)
})

afterEach(() => rmSync(project, { recursive: true, force: true }))

test.each([
  ['no install', () => rmSync(join(project, 'node_modules'), { recursive: true }), 'no finished install'],
  ['one that did not end', () => rmSync(join(project, 'node_modules/.package-lock.json')), 'no finished install'],
  ['a lock file cut short', () => writeLocks('{"packages": {'), 'not JSON'],
  ['a package less', () => writeLocks({ 'node_modules/ours': ours }), 'node_modules/zod is missing'],
  ['no package of this platform', () => writeLocks({ 'node_modules/zod': zod }), 'node_modules/ours is missing'],
  [
    'another version',
    () => writeLocks({ ...installed, 'node_modules/zod': { ...zod, version: '3.0.0' } }),
    'node_modules/zod is another version',
  ],
  [
    'other content of the same version',
    () => writeLocks({ ...installed, 'node_modules/zod': { ...zod, integrity: 'sha512-b' } }),
    'node_modules/zod is another version',
  ],
  ['a folder removed by hand', () => rmSync(join(project, 'node_modules/zod'), { recursive: true }), 'zod is missing'],
])('sees %s', (_name, spoil, reason) => {
  spoil()
  expect(whatIsWrongWithDependencies(project)).toContain(reason)
})

test('is content with what the lock file names for this platform', () => {
  expect(whatIsWrongWithDependencies(project)).toBe(null)
})
