import { JSDOM } from 'jsdom'
import { describe, expect, it } from 'vitest'
import type { Outcome } from '../model/verdict.ts'
import {
  hostile,
  inconclusive,
  interrupted,
  invalid,
  lostWrites,
  passed,
  verdictFixtures,
} from '../test/fixtures/verdicts.ts'
import { junit } from './junit.ts'
import type { JudgedRecord } from './record.ts'

/** Throws where the text is no well-formed XML, forbidden characters included. */
const parse = (text: string): Document => new JSDOM(text, { contentType: 'application/xml' }).window.document

const statuses = (record: JudgedRecord, part: string): string[] =>
  [...parse(junit(record)).querySelectorAll('testcase')]
    .filter((element) => element.getAttribute('name')?.includes(part))
    .map((element) => element.querySelector('failure, error, skipped')?.tagName ?? 'passed')

describe.each(Object.entries(verdictFixtures))('junit.xml of %s', (name, record) => {
  it('is well-formed and counts what it holds', () => {
    const page = parse(junit(record))
    for (const suite of [page.documentElement, ...page.querySelectorAll('testsuite')]) {
      for (const [attribute, selector] of [
        ['tests', 'testcase'],
        ['failures', 'failure'],
        ['errors', 'error'],
        ['skipped', 'skipped'],
      ] as const) {
        expect(suite.getAttribute(attribute)).toBe(String(suite.querySelectorAll(selector).length))
      }
    }
  })

  it('reads as the golden file does', async () => {
    await expect(junit(record)).toMatchFileSnapshot(`../test/fixtures/golden/${name}.xml`)
  })
})

it('has a case per objective and gating phase', () => {
  expect(statuses(passed, 'API latency p95')).toEqual(['passed', 'passed'])
  expect(statuses(passed, 'Recovery time')).toEqual(['passed'])
})

it('turns outcomes into what CI understands', () => {
  expect(statuses(lostWrites, 'Lost writes')).toEqual(['failure'])
  expect(statuses(lostWrites, '③ partition')).toEqual(['failure'])
  expect(statuses(inconclusive, 'Queue depth')).toEqual(['error', 'error'])
  expect(statuses(inconclusive, 'Unsigned')).toEqual(['error', 'error'])
})

it('is red where the run is open although every objective holds', () => {
  const open = { ...passed, verdict: { ...passed.verdict, result: 'inconclusive' as const, exitCode: 3 as const } }
  expect(statuses(open, 'the run is valid')).toEqual(['failure'])
  expect(statuses(passed, 'the run is valid')).toEqual(['passed'])
})

it('skips what is not proven, and fails it where the run requires proof', () => {
  expect(statuses(passed, 'Batch of 10,000')).toEqual(['skipped', 'skipped'])
  const strict = { ...passed, plan: { ...passed.plan, requireProof: true } }
  expect(statuses(strict, 'Batch of 10,000')).toEqual(['failure', 'failure'])
  expect(parse(junit(strict)).querySelector('failure')?.getAttribute('type')).toBe('inconclusive')
})

it.each<Outcome>(['fail', 'error', 'no-data', 'inconclusive'])(
  'never fails the build for an advisory objective: %s',
  (outcome) => {
    const record = {
      ...passed,
      verdict: {
        ...passed.verdict,
        objectives: passed.verdict.objectives.map((objective) =>
          objective.id === 'availability' ? { ...objective, outcome } : objective,
        ),
      },
    }
    expect(statuses(record, 'Availability')).toEqual(['skipped', 'skipped'])
  },
)

it('reports the run itself, so that an empty or invalid one is no success', () => {
  expect(statuses(passed, 'the run is valid')).toEqual(['passed'])
  expect(statuses(invalid, 'the run is valid')).toEqual(['error'])
  expect(statuses(interrupted, 'the run is valid')).toEqual(['error'])
  const bare = { ...invalid, verdict: { ...invalid.verdict, invalidReasons: [], objectives: [], faults: [] } }
  expect(statuses(bare, '')).toEqual(['error'])
})

it('puts the numbers into the message', () => {
  const message = parse(junit(lostWrites)).querySelector('failure')?.getAttribute('message')
  expect(message).toContain('measured 14, target 0')
  expect(message).toContain('③ partition api → postgres')
})

it('keeps foreign text inside its attributes', () => {
  expect(parse(junit(hostile)).querySelectorAll('script, img')).toHaveLength(0)
})
