import { expect, it } from 'vitest'
import { failureName } from '../../model/k6-errors.ts'
import type { RecordLine, WindowLine } from '../../model/window.ts'
import { latencyObjective, makeRecord } from '../../test/fixtures/record.ts'
import { judge } from '../judge.ts'

/** A run of 30 s in which every request fails; all but `others` of them in this way. */
const judged = async (error: string, others = 0) => {
  const { plan, events, lines } = makeRecord({
    ...{ warmUpS: 0, steadyS: 30, streams: [{ perSecond: 20 }] },
    troubles: [{ kind: 'refused', fromS: 0, toS: 40 }],
    objectives: [latencyObjective()],
  })
  const made = [...lines()].filter(({ type }) => type !== 'error')
  const windows = made.filter((line): line is WindowLine => line.type === 'window')
  const n = windows.reduce((sum, window) => sum + window.n, 0)
  const name = windows[0]?.name ?? ''
  const failures: RecordLine[] = [
    { type: 'error', name, error, n: n - others },
    { type: 'error', name, error: 'timeout', n: others },
  ]
  const { verdict } = await judge({ plan, events, lines: [...made, ...failures] })
  return { result: verdict.result, ...verdict.objectives[0] }
}

it.each([failureName(1310, ''), 'x509: unknown authority'])(
  'a run that never trusted the system blames nobody: %s',
  async (error) => {
    expect(await judged(error)).toMatchObject({
      ...{ result: 'inconclusive', outcome: 'no-data', reasonCode: 'certificate-not-trusted' },
      reason: expect.stringMatching(/^k6 did not trust the certificate in any of \d+ requests: name its authority/),
    })
  },
)

it("other failures, and the least of them, are the system's", async () => {
  expect(await judged(failureName(1311, ''))).toMatchObject({ result: 'fail' })
  expect(await judged(failureName(1310, ''), 1)).toMatchObject({ result: 'fail' })
})

/** Scenario a fails by its certificate, under a name, in so many requests; b answers all of its own with 500. */
const twoScenarios = async (nameOfA: string, sli: object) => {
  const { plan, events, lines } = makeRecord({
    ...{ warmUpS: 0, steadyS: 30 },
    streams: [
      { perSecond: 20, scenario: 'a', name: nameOfA },
      { perSecond: 5, scenario: 'b', name: 'B' },
    ],
    troubles: [{ kind: 'refused', fromS: 0, toS: 40 }],
    objectives: [{ ...latencyObjective(), sli: { metric: 'holdfast_request', ...sli } } as never],
  })
  const made = [...lines()].map(
    (line): RecordLine => (line.type === 'window' && line.scenario === 'b' ? { ...line, status: '5xx' } : line),
  )
  const failures: RecordLine[] = [{ type: 'error', name: nameOfA, error: failureName(1310, ''), n: 600 }]
  return (await judge({ plan, events, lines: [...made, ...failures] })).verdict.objectives[0]?.outcome
}

it("another scenario's certificates excuse nothing", async () => {
  expect(await twoScenarios('A', { scenarios: ['b'] })).toBe('fail')
  expect(await twoScenarios('B', { scenarios: ['b'] })).toBe('fail')
  // Some of the name were answered.
  expect(await twoScenarios('B', { names: ['B'] })).toBe('fail')
  expect(await twoScenarios('B', { scenarios: ['a'] })).toBe('fail')
  expect(await twoScenarios('A', { scenarios: ['a'] })).toBe('no-data')
})
