import { rmSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Finding, makeRoot, playAll, playAlone } from './play.ts'
import { tricks } from './tricks.ts'

/** Each record is limited by processor time; all of them together take minutes on a machine that is busy. */
const timeout = 600_000

test('no trick leads a command out of a record, stops it, or makes it say more than a line', {
  timeout,
}, async () => {
  const findings: Finding[] = []
  const names = Object.keys(tricks)
  await playAll(names, (finding) => findings.push(finding))
  expect(findings.map(({ job }) => job)).toEqual(names)
  expect(findings.filter(({ wrong }) => wrong.length > 0)).toEqual([])
})

describe('in a process of its own', () => {
  let root = ''
  beforeAll(() => {
    root = makeRoot()
  })
  afterAll(() => rmSync(root, { recursive: true }))

  test.each([
    ['a report to be written is a link', 'report'],
    ['its steps are a link', 'cleanup'],
    ['its ledger is a pipe', 'list'],
    ['its ledger is a link', 'cleanup'],
    ['its plan is of a week, with 190 objectives', 'judge'],
    ['its samples are of ten thousand scenarios', 'judge'],
  ])('%s: %s', (job, command) => {
    expect(playAlone(root, job, ([name]) => name === command)).toEqual([])
  })
})
