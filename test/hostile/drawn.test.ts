import { expect, test } from 'vitest'
import { type Finding, playAll } from './play.ts'

/** Each record is limited by processor time; all of them together take minutes on a machine that is busy. */
const timeout = 600_000

test('no drawn record leads a command out of it, stops it, or makes it say more than a line', {
  timeout,
}, async () => {
  const findings: Finding[] = []
  const seeds = Array.from({ length: 40 }, (_, at) => String(at + 1))
  await playAll(seeds, (finding) => findings.push(finding))
  expect(findings.map(({ job }) => job)).toEqual(seeds)
  expect(findings.filter(({ wrong }) => wrong.length > 0)).toEqual([])
})
