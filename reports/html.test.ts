import { JSDOM } from 'jsdom'
import { describe, expect, it } from 'vitest'
import { cleanLine } from '../model/clean.ts'
import { demoCharts } from '../test/fixtures/charts.ts'
import {
  crowded,
  hostile,
  hostileText,
  interrupted,
  invalid,
  lostWrites,
  passed,
  slower,
  smoke,
  verdictFixtures,
} from '../test/fixtures/verdicts.ts'
import { html } from './html.ts'

const parse = (text: string): Document => new JSDOM(text).window.document
const headings = (page: Document): string[] =>
  [...page.querySelectorAll('h2')].map((element) => element.firstChild?.textContent?.trim() ?? '')

describe.each(Object.entries(verdictFixtures))('report.html of %s', (_name, record) => {
  const text = html(record)
  const page = parse(text)

  it('needs nothing from outside and runs nothing', () => {
    expect(page.querySelector('meta[http-equiv="Content-Security-Policy"]')?.getAttribute('content')).toBe(
      "default-src 'none'; style-src 'unsafe-inline'",
    )
    expect(
      page.querySelectorAll('script, link, img, iframe, object, embed, base, form, [src], [href], [srcset], [ping]'),
    ).toHaveLength(0)
    const handlers = [...page.querySelectorAll('*')].flatMap((element) =>
      element.getAttributeNames().filter((name) => name.startsWith('on')),
    )
    expect(handlers).toEqual([])
    const addresses = text.match(/url\((?!#)[^)]*\)|@import|expression\(/g)
    expect(addresses).toBeNull()
  })

  it('shows every objective and every fault', () => {
    const shown = cleanLine(page.body.textContent)
    for (const { title } of record.verdict.objectives) expect(shown).toContain(cleanLine(title))
    for (const { label } of record.verdict.faults) expect(shown).toContain(cleanLine(label))
  })

  it('prints no value that stands for a defect', () => {
    const words = [...page.querySelectorAll('main, svg')].map((element) => element.textContent).join(' ')
    expect(words).not.toMatch(/\b(NaN|undefined|Infinity)\b|\[object|\bnull\b/)
    const drawn = [...page.querySelectorAll('svg *')].flatMap((element) =>
      element.getAttributeNames().map((name) => element.getAttribute(name)),
    )
    expect(drawn.filter((value) => /NaN|undefined|Infinity/.test(value ?? ''))).toEqual([])
  })

  it('names each image, and each id once', () => {
    for (const image of page.querySelectorAll('svg[role=img]')) expect(image.getAttribute('aria-label')).toBeTruthy()
    const ids = [...page.querySelectorAll('[id]')].map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
  })

  it('gives the verdict as a word, before everything else', () => {
    const words = { pass: 'PASS', fail: 'FAIL', inconclusive: 'INCONCLUSIVE', invalid: 'INVALID' }
    expect(page.querySelector('.verdict strong')?.textContent).toContain(words[record.verdict.result])
    expect(page.querySelector('.verdict .sentence')?.textContent).toBe(visible(record.verdict.sentence))
    expect(page.title).toContain(words[record.verdict.result])
  })
})

/** Text as a page holds it once harmful characters are gone. */
const visible = (text: string): string =>
  [...text].map((character) => ('\u0000\u001b\uffff\u202e'.includes(character) ? '\ufffd' : character)).join('')

it('escapes what the system under test says, wherever it stands', () => {
  const text = html(hostile)
  expect(text).not.toContain('<script')
  expect(text).not.toContain('<img')
  expect(parse(text).querySelector('.verdict .sentence')?.textContent).toBe(visible(hostileText))
})

it('keeps the documented order', () => {
  expect(headings(parse(html(lostWrites)))).toEqual([
    'Service levels',
    'Resilience',
    'What users felt',
    'Latency distribution over time',
    'Latency by percentile',
    'What this run cannot tell',
    'Load generator',
    'Earlier runs',
    'Resources',
    'Most frequent errors',
    'Warnings',
    'Provenance',
  ])
})

it('leaves resilience out of a load-only run', () => {
  const page = parse(html(smoke))
  expect(headings(page)).not.toContain('Resilience')
  expect(page.querySelectorAll('.hatched, .shaded')).toHaveLength(0)
  expect(page.body.textContent).toContain('Profile smoke')
})

it('puts what fails first', () => {
  const first = parse(html(crowded)).querySelector('tbody tr')
  expect(first?.querySelector('.tag')?.textContent).toContain('fail')
})

it('says what a reader must know before believing it', () => {
  const notices = (record: Parameters<typeof html>[0]) =>
    [...parse(html(record)).querySelectorAll('.notice')].map((element) => element.textContent)
  expect(notices(passed)).toEqual([])
  expect(notices(lostWrites)).toEqual([expect.stringContaining('acknowledges before it has stored')])
  expect(notices(invalid)).toEqual([expect.stringContaining('k6 used 91 %')])
  const notJudged = ['Recovery time (this game day has no faults)']
  expect(notices({ ...passed, verdict: { ...passed.verdict, notJudged } })).toEqual([
    expect.stringMatching(/cannot judge:.*Recovery time \(this game day has no faults\)/s),
  ])
  expect(notices(interrupted)).toEqual([
    expect.stringMatching(/Not proven removed.*② latency/s),
    expect.stringContaining('interrupted'),
  ])
})

it('sets a run against its baseline, and says whether that decides', () => {
  const sectionOf = (record: Parameters<typeof html>[0]) =>
    [...parse(html(record)).querySelectorAll('section')].find((section) =>
      section.querySelector('h2')?.textContent?.startsWith('Against the baseline'),
    )
  const section = sectionOf(slower)
  expect(section?.querySelector('h2')?.textContent).toBe('Against the baseline a slower run fails')
  expect(section?.querySelector('p')?.textContent).toMatch(/^Slower than 3 baseline runs: p95/)
  const [first] = section?.querySelectorAll('tbody tr') ?? []
  expect([...(first?.children ?? [])].map(({ textContent }) => textContent)).toEqual([
    'API requests p95, steady',
    '61 ms',
    '84 ms',
    '+23 ms',
    '[+21 ms, +25 ms]',
    '6,000 / 18,000',
    '✕slowermore than 10 ms, and the interval excludes no change',
  ])
  expect(section?.textContent).toContain('Not comparable with 2026-11-17T07-40-12-batchsender-demo: its scenarios')
  expect(section?.textContent).toContain('at least 5 are needed')
  expect(sectionOf(passed)).toBeUndefined()
})

it('draws what the components used under the timeline, in the same section, and as numbers', () => {
  const felt = [...parse(html(passed)).querySelectorAll('section')].find((section) =>
    section.querySelector('h2')?.textContent?.startsWith('What users felt'),
  )
  const [timeline, usage] = felt?.querySelectorAll('figure') ?? []
  expect(timeline?.querySelector('svg')).not.toBeNull()
  const { title, unit, lines } = passed.charts.usage?.[0] ?? { title: '', unit: '', lines: [] }
  expect(lines.length).toBeGreaterThan(0)
  for (const { component } of lines) {
    expect(usage?.querySelector('svg')?.textContent).toContain(component)
    const tables = [...(felt?.querySelectorAll('table') ?? [])].map(({ textContent }) => textContent)
    expect(tables[1]).toContain(`${title} of ${component}, ${unit}`)
  }
})

it('names a line of the latency once, for all objectives that share its threshold', () => {
  const sloLines = [
    { label: 'api p95', ms: 500 },
    { label: 'events p95', ms: 500 },
  ]
  const texts = [...parse(html({ ...passed, charts: { ...passed.charts, sloLines } })).querySelectorAll('text')]
  const names = texts.map(({ textContent }) => textContent).filter((text) => text?.startsWith('SLO '))
  expect(new Set(names)).toEqual(new Set(['SLO api p95, events p95']))
})

it('says so where nothing was measured', () => {
  expect(parse(html(interrupted)).body.textContent).toContain('Nothing was measured.')
})

it('marks a pass that is not proven, with its reason', () => {
  const row = [...parse(html(passed)).querySelectorAll('tbody tr')].find((element) =>
    element.textContent?.includes('Batch of 10,000'),
  )
  expect(row?.querySelector('.tag')?.textContent).toBe('?not proven')
  expect(row?.textContent).toContain('1 sample, 59 needed')
})

it('has a data table under each chart', () => {
  const page = parse(html(passed))
  const charts = [...page.querySelectorAll('figure')]
  expect(charts).toHaveLength(5)
  for (const chart of charts) expect(chart.nextElementSibling?.tagName).toBe('DETAILS')
})

it('stays below a megabyte with as many points as charts may have', () => {
  expect(html({ ...passed, charts: demoCharts(600) }).length).toBeLessThan(1_000_000)
})

it('is the same text for the same record', () => {
  expect(html(passed)).toBe(html(passed))
})
