import { JSDOM } from 'jsdom'
import { describe, expect, it } from 'vitest'
import type { Round, RoundRun } from '../model/round.ts'
import { roundSchemaVersion } from '../model/round.ts'
import { demoPlan } from '../test/fixtures/plan.ts'
import { hostileText } from '../test/fixtures/verdicts.ts'
import { roundMarkdown } from './markdown/round.ts'
import { roundHtml } from './round.ts'

const run: RoundRun = {
  gameDay: 'todo/peak',
  title: 'Todo App at its peak',
  system: 'Todo App',
  weakness: null,
  standing: 'good',
  result: 'pass',
  exitCode: 0,
  explanation: 'No breach was seen through 2 faults; 1 of 5 required objectives is not proven.',
  objectives: { hold: 5, notProven: 1, of: 5 },
  faults: { confirmed: 2, of: 2 },
  durationMs: 61_000,
  record: '../2026-11-21T07-40-12-todo-peak',
  log: 'logs/01-todo-peak.txt',
}
const failed: RoundRun = {
  ...run,
  gameDay: 'batchsender/quick',
  system: 'BatchSender',
  standing: 'bad',
  result: 'fail',
  exitCode: 1,
  explanation: '1 objective failed.',
}
const refused: RoundRun = {
  ...run,
  gameDay: 'todo/smoke',
  standing: 'unclear',
  result: null,
  exitCode: 2,
  explanation: 'in use by run 17',
  objectives: null,
  faults: null,
  record: null,
}
const round: Round = {
  schemaVersion: roundSchemaVersion,
  kind: 'gamedays',
  id: '2026-11-21T07-40-10-gamedays',
  startedAtMs: Date.UTC(2026, 10, 21, 7, 40, 10),
  durationMs: 130_000,
  ended: 'completed',
  standing: 'bad',
  exitCode: 1,
  sentence: 'Of 3 game days of 2 systems: 1 failed (batchsender/quick), 1 could not tell (todo/smoke).',
  runs: [run, failed, refused],
  notRun: [{ gameDay: 'batchsender/soak', reason: 'is the documented load at its documented length' }],
  provenance: demoPlan.provenance,
}
const weak: Round = {
  ...round,
  kind: 'weaknesses',
  runs: [
    { ...failed, standing: 'good', weakness: { name: 'leak', does: 'keeps more and more', objective: 'memory' } },
    { ...run, standing: 'bad', weakness: { name: 'slow-list', does: 'lists are slow', objective: 'api-latency' } },
  ],
}

const parse = (text: string): Document => new JSDOM(text).window.document
const rows = (page: Document) =>
  [...page.querySelectorAll('tbody tr')].map((row) => [...row.children].map((cell) => cell.textContent))

describe('the page over all reports', () => {
  const page = parse(roundHtml(round))

  it('says it all in one sentence, first', () => {
    expect(page.querySelector('.verdict strong')?.textContent).toContain('FAIL')
    expect(page.querySelector('.verdict .sentence')?.textContent).toBe(round.sentence)
  })

  it('explains each verdict in one line, by system, and names what was not run', () => {
    expect([...page.querySelectorAll('h2')].map(({ textContent }) => textContent)).toEqual([
      'Todo App 1 of 2 pass',
      'BatchSender 0 of 1 pass',
      'Not run',
      'Provenance',
    ])
    expect(rows(page)).toEqual([
      [
        'todo/peakTodo App at its peak',
        '✓PASS',
        'No breach was seen through 2 faults; 1 of 5 required objectives is not proven.',
        '4 of 5 proven2 of 2 faults confirmed',
        '1 min 1 s',
        'reportlog',
      ],
      ['todo/smokeTodo App at its peak', '–NO VERDICT', 'in use by run 17', '–', '1 min 1 s', 'log'],
      expect.arrayContaining(['✕FAIL', '1 objective failed.']),
      ['batchsender/soak', 'is the documented load at its documented length'],
    ])
  })

  it('leads to each report and log, and to nowhere else', () => {
    const links = [...page.querySelectorAll('[href]')].map((link) => link.getAttribute('href'))
    expect(links).toEqual([
      '../2026-11-21T07-40-12-todo-peak/report.html',
      'logs/01-todo-peak.txt',
      'logs/01-todo-peak.txt',
      '../2026-11-21T07-40-12-todo-peak/report.html',
      'logs/01-todo-peak.txt',
    ])
    expect(page.querySelectorAll('script, link, img, iframe, [src]')).toHaveLength(0)
    expect(page.querySelector('meta[http-equiv="Content-Security-Policy"]')?.getAttribute('content')).toBe(
      "default-src 'none'; style-src 'unsafe-inline'",
    )
  })

  it('says of a weakness whether it was caught, not whether the run passed', () => {
    const cells = rows(parse(roundHtml(weak)))
    expect(cells[0]?.slice(0, 4)).toEqual([
      'leakkeeps more and more',
      '✓CAUGHT',
      '1 objective failed.',
      'batchsender/quickmemory',
    ])
    expect(cells[1]?.[1]).toBe('✕NOT CAUGHT')
  })

  it('escapes what runs say', () => {
    const text = roundHtml({ ...round, sentence: hostileText, runs: [{ ...run, explanation: hostileText }] })
    expect(text).not.toContain('<script')
    expect(text).not.toContain('<img')
  })
})

it('is a table in Markdown, too', () => {
  const text = roundMarkdown(round)
  expect(text).toContain(`**${round.sentence.replaceAll('_', '\\_')}**`)
  expect(text).toContain(
    '| todo/peak | ✓ PASS | No breach was seen through 2 faults; 1 of 5 required objectives is not proven. | 1 min 1 s |',
  )
  expect(text).toContain('- batchsender/soak: is the documented load at its documented length')
  expect(roundMarkdown(weak)).toContain('| todo/peak with slow-list | ✕ NOT CAUGHT |')
})
