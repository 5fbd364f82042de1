import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { HoldfastError } from '../model/errors.ts'
import { makeFolders } from './folders.ts'
import { stateDir } from './state-dir.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-state-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

// Node's own recursive mkdir never came back from /proc.
it.runIf(existsSync('/proc/self')).each(['/dev/null', '/proc'])('%s as state folder is refused in one line', (home) => {
  expect(() => stateDir({ XDG_STATE_HOME: home })).toThrow(
    expect.objectContaining({
      message: expect.stringContaining(`the folder of locks ${home}/holdfast can't be made: E`),
      exitCode: 2,
    }),
  )
})

it('a file in its place is refused, too', () => {
  writeFileSync(join(folder, 'holdfast'), '')
  expect(() => stateDir({ XDG_STATE_HOME: folder })).toThrow(HoldfastError)
})

it('is made with all folders above it, for its owner only, and twice is once', () => {
  const home = join(folder, 'a/b')
  expect(stateDir({ XDG_STATE_HOME: home })).toBe(join(home, 'holdfast'))
  expect(stateDir({ XDG_STATE_HOME: home })).toBe(join(home, 'holdfast'))
  expect(statSync(join(home, 'holdfast')).mode & 0o777).toBe(0o700)
})

it('a relative folder counts from the working folder', () => {
  makeFolders(relative(process.cwd(), join(folder, 'x/y')))
  expect(existsSync(join(folder, 'x/y'))).toBe(true)
})
