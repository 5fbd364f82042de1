import { describe, expect, it } from 'vitest'
import { crowded, hostile, interrupted, lostWrites, verdictFixtures } from '../test/fixtures/verdicts.ts'
import { reporters, stepSummary } from './index.ts'
import { plain, plainLine } from './markdown/text.ts'

const markdown = reporters.markdown.render
const golden = (file: string): string => `../test/fixtures/golden/${file}`

describe.each(Object.entries(verdictFixtures))('report.md of %s', (name, record) => {
  it('reads as the golden file does', async () => {
    await expect(markdown(record)).toMatchFileSnapshot(golden(`${name}.md`))
  })

  it('fits into a comment and prints no value that stands for a defect', () => {
    expect(markdown(record).length).toBeLessThan(65_536)
    expect(markdown(record)).not.toMatch(/\b(NaN|undefined|Infinity)\b|\[object/)
  })
})

it('neutralises markup, mentions and links of foreign text', () => {
  const text = markdown(hostile)
  expect(text).not.toMatch(/<script|<img|@team|\]\(http|:\/\/evil/)
  expect(text).not.toMatch(/^# head/m)
})

it.each([
  ['a|b', 'a\\|b'],
  ['*x*', '\\*x\\*'],
  ['[72, 77] ms', '[72, 77] ms'],
  ['[a](b)', '[a]\\(b)'],
  ['< 500 ms', '< 500 ms'],
  ['<b>', '&lt;b>'],
  ['two\nlines', 'two lines'],
  ['0.02 %', '0.02 %'],
  ['a #12', 'a #<!-- -->12'],
])('plain text of %j', (text, expected) => expect(plain(text)).toBe(expected))

it.each([
  ['1. x', '1\\. x'],
  ['- x', '\\- x'],
  ['> x', '\\> x'],
  ['# x', '\\# x'],
  ['0.02 %', '0.02 %'],
])('at the start of a line, %j', (text, expected) => expect(plainLine(text)).toBe(expected))

it('cuts a record that is too large at the end and says so, in comment and step summary', () => {
  const objective = crowded.verdict.objectives[0]
  if (!objective) throw new Error('the fixture has no objectives')
  const endless = {
    ...crowded,
    verdict: {
      ...crowded.verdict,
      objectives: Array.from({ length: 2000 }, () => ({ ...objective, reason: 'é'.repeat(390), proven: false })),
    },
  }
  const comment = markdown(endless)
  expect(comment.length).toBeLessThan(65_536)
  expect(comment).toMatch(/^## ✓ PASS/)
  expect(comment).toMatch(/the rest did not fit here/)
  const summary = stepSummary(endless)
  expect(Buffer.byteLength(summary)).toBeLessThanOrEqual(1024 * 1024)
  expect(Buffer.byteLength(summary)).toBeGreaterThan(900 * 1024)
})

it('gives the step summary the numbers of every phase', () => {
  expect(stepSummary(lostWrites)).toContain('### Numbers of every phase')
  expect(markdown(lostWrites)).not.toContain('### Numbers of every phase')
})

it('warns of a fault that may still be there', () => {
  expect(markdown(interrupted)).toContain(
    '**Not proven removed, run holdfast cleanup:** ② latency api → postgres 400 ms',
  )
})
