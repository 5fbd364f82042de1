import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { expect, test } from 'vitest'
import { heavyParts, projectDir } from './suite.ts'

const suites = ['test', ...heavyParts.map((part) => `test:${part}`)]

/** Runs .ci/run with an `npm` that only says what it is told to for a suite, and ends with a code. */
const ciRun = (says: Record<string, { text: string; code: number }>) => {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-ci-'))
  const cases = suites.map((suite) => {
    const { text, code } = says[suite] ?? { text: '3 passed, 0 failed', code: 0 }
    return `${suite}) echo '${text}'; exit ${code};;`
  })
  writeFileSync(join(folder, 'npm'), `#!/bin/sh\ncase $2 in\n${cases.join('\n')}\nesac\n`)
  chmodSync(join(folder, 'npm'), 0o755)
  try {
    const env = { ...process.env, PATH: `${folder}${delimiter}${process.env.PATH}` }
    const { status, stdout } = spawnSync(join(projectDir, '.ci/run'), { env, encoding: 'utf8' })
    return { status, lastLine: stdout.trim().split('\n').at(-1) }
  } finally {
    rmSync(folder, { recursive: true })
  }
}

const all = 3 * suites.length

test('CI sums the counts of every suite into its last line', () => {
  expect(ciRun({})).toEqual({ status: 0, lastLine: `${all} passed, 0 failed` })
  expect(ciRun({ test: { text: '1 passed, 0 failed, 4 skipped', code: 0 } })).toEqual({
    status: 0,
    lastLine: `${all - 2} passed, 0 failed, 4 skipped`,
  })
})

test('a suite that failed does not keep the others from running, and its exit code stays', () => {
  const failed = { text: '2 passed, 1 failed', code: 1 }
  expect(ciRun({ test: failed })).toEqual({ status: 1, lastLine: `${all - 1} passed, 1 failed` })
})

test.each([0, 2])('a suite that counted nothing is a failure (exit code %i)', (code) => {
  const broken = { text: 'the build failed', code }
  expect(ciRun({ 'test:cluster': broken })).toEqual({ status: code || 1, lastLine: `${all - 3} passed, 1 failed` })
})
