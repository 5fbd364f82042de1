import { stripVTControlCharacters } from 'node:util'
import { describe, expect, it } from 'vitest'
import { clean } from '../model/clean.ts'
import type { PlannedFault } from '../model/plan.ts'
import { demoPlan } from '../test/fixtures/plan.ts'
import { crowded, hostile, verdictFixtures } from '../test/fixtures/verdicts.ts'
import { markdown } from './markdown.ts'
import { columns, wrap } from './terminal/layout.ts'
import { planText, verdictText } from './terminal.ts'

describe.each(Object.entries(verdictFixtures))('terminal texts of %s', (name, record) => {
  const texts = (color: boolean) => `${planText(record.plan, { color })}\n\n${verdictText(record, { color })}\n`

  it('read as the golden file does', async () => {
    await expect(texts(false)).toMatchFileSnapshot(`../test/fixtures/golden/${name}.txt`)
  })

  it('differ by colour alone', () => {
    expect(texts(false)).not.toContain('\u001b')
    expect(stripVTControlCharacters(texts(true))).toBe(texts(false))
    expect(texts(true)).toContain('\u001b[')
  })
})

it('lets no control character of foreign text through', () => {
  const text = `${planText(hostile.plan, { color: false })}${verdictText(hostile, { color: false })}`
  expect(text).toBe(clean(text))
  expect(text).not.toContain('\t')
})

it('tells how many objectives it leaves out', () => {
  const record = {
    ...crowded,
    verdict: {
      ...crowded.verdict,
      objectives: crowded.verdict.objectives.map((objective) => ({ ...objective, outcome: 'fail' as const })),
    },
  }
  expect(verdictText(record, { color: false })).toContain('… and 28 more in the report')
})

it('names what the run cannot judge before everything else, in plan, verdict and Markdown', () => {
  const [first, second] = demoPlan.objectives
  if (!first || !second) throw new Error('the fixture has no objectives')
  const expectations = [first, second].map(({ id }, i) => ({
    ...{ objective: id, samples: 0, needed: null, text: '', provable: false },
    notJudged: { gate: i === 0 ? ('required' as const) : ('advisory' as const), reason: 'this load sends none' },
  }))
  expect(planText({ ...demoPlan, expectations }, { color: false }).split('\n')[1]).toBe(
    `Not judged: ${first.title} (this load sends none)`,
  )
  const record = { ...crowded, verdict: { ...crowded.verdict, notJudged: ['A; B (no faults)'] } }
  expect(verdictText(record, { color: false })).toMatch(
    /^[^\n]+\n(?: {3,}[^\n]+\n)*? +Not judged: A; B \(no faults\)\n/,
  )
  expect(markdown(record).split('### ')[0]).toContain('> **Not judged in this run:** A; B (no faults)')
})

it('says that an expectation is missing rather than yes', () => {
  const [objective] = hostile.plan.objectives
  if (!objective) throw new Error('the fixture has no objectives')
  expect(planText({ ...hostile.plan, objectives: [objective], expectations: [] }, { color: false })).toContain(
    'not known',
  )
})

it('aligns columns by characters, not by code units', () => {
  expect(
    columns(
      [{ heading: 'a' }, { heading: 'n', right: true }, { heading: 'z' }],
      [
        ['①', '1,000', 'x'],
        ['four', '1', 'y'],
      ],
    ),
  ).toEqual(['a         n  z', '①     1,000  x', 'four      1  y'])
})

it('wraps words, and keeps one that is longer than the line', () => {
  expect(wrap('one two threefour', 7)).toEqual(['one two', 'threefour'])
})

it('a plan says which objects of the cluster a game day changes, and what reaches beyond the namespace', () => {
  const cluster = { context: 'kind', kubeconfig: [], namespace: 'shop', server: 'https://c' }
  const base = { kind: 'k', oneShot: false, atMs: 0, holdMs: 1_000, target: { kind: 'none' } } as const
  const at = { driver: 'kubernetes', namespace: 'shop', timeoutMs: 1_000 } as const
  const faults: PlannedFault[] = [
    {
      ...base,
      id: 'f1',
      label: 'restart api',
      injections: [{ ...at, action: 'restart', workload: { kind: 'Deployment', name: 'api' } }],
      hits: [{ end: 'target', pods: ['api-a', 'api-b'], most: 0 }],
    },
    {
      ...base,
      id: 'f2',
      label: 'drain n1',
      injections: [{ ...at, action: 'drain', node: 'n1' }],
      hits: [{ end: 'target', pods: ['api-a'], most: 1 }],
    },
  ]
  const text = planText({ ...demoPlan, environment: 'kubernetes', cluster, faults }, { color: false })
  expect(text.split('\n').slice(-5)).toEqual([
    '  cluster: kind, namespace shop',
    '  pods: ① none at a time of api-a, api-b',
    '  pods: ② api-a',
    '  changes: ① Deployment api',
    '  changes: ② node n1, for every namespace of the cluster (needs a ClusterRole)',
  ])
})
