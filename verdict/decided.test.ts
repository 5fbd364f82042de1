import { expect, it } from 'vitest'
import type { Objective } from '../model/objective.ts'
import type { Verdict } from '../model/verdict.ts'
import { makeRecord, type RunSpec, withTotals } from '../test/fixtures/record.ts'
import { judge } from './judge.ts'

const slo: Objective = {
  ...{
    kind: 'proportion',
    id: 'errors',
    title: 'Errors',
    gate: 'required',
    source: '',
    phases: ['steady', 'recovered'],
  },
  ...{ targetText: '< 5 %', sli: { metric: 'holdfast_request' }, thresholdUs: null },
  ...{ targetRatio: 0.95, show: 'badRatio', budgetWindowMs: null, productionPerSecond: null },
}

/** A run of 10 s and 200 s that ended at `cutS` because its verdict was certain, as the ledger says. */
const judged = async (cutS: number, spec: Partial<RunSpec> = {}, stopWhenDecided = true): Promise<Verdict> => {
  const { plan, events, lines } = makeRecord({
    ...{ steadyS: 200, streams: [{ perSecond: 20, medianMs: 5 }], objectives: [slo], ended: 'decided', ...spec },
  })
  const startMs = events.find(({ type }) => type === 'load.started')?.atMs ?? 0
  const cutMs = startMs + cutS * 1000
  const kept = events.filter(({ atMs, type }) => atMs <= cutMs && type !== 'run.ended' && type !== 'load.ended')
  const isBefore = (line: ReturnType<typeof lines> extends Generator<infer Line> ? Line : never): boolean =>
    !('s' in line) || (line.s + 1) * 1000 <= cutMs
  const { verdict } = await judge({
    plan: { ...plan, ...(stopWhenDecided ? { stopWhenDecided: true as const } : {}) },
    events: [
      ...kept,
      { atMs: cutMs, type: 'run.decided', result: 'fail', evidence: 'the run said so' },
      { atMs: cutMs, type: 'load.ended', exitCode: null, signal: 'SIGTERM' },
      { atMs: cutMs, type: 'run.ended', reason: 'decided' },
    ],
    lines: withTotals([...lines()].filter(isBefore)),
  })
  return verdict
}

const down: Partial<RunSpec> = { troubles: [{ kind: 'error', fromS: 0, toS: 210 }] }

it('a run that failed for certain is a fail, with the arithmetic, and no doubt is left of its end', async () => {
  const verdict = await judged(90, down)
  expect(verdict).toMatchObject({ result: 'fail', exitCode: 1, ended: 'decided', invalidReasons: [] })
  expect(verdict.objectives[0]).toMatchObject({ outcome: 'fail', proven: true, reasonCode: 'certain-fail' })
  expect(verdict.detail).toMatch(
    /The run is valid: .+ Stopped at 90 of 210 s, when the verdict was certain\. Errors: [\d,]+ bad of [\d,]+ planned; were all [\d,]+ to come good, a share of at least [\d.]+ % would still be proven bad; at most 5 % is allowed\./,
  )
})

it('a run that passed for certain passes', async () => {
  const verdict = await judged(907, { steadyS: 900 })
  expect(verdict).toMatchObject({ result: 'pass', exitCode: 0, ended: 'decided' })
  expect(verdict.objectives[0]).toMatchObject({ outcome: 'pass', proven: true, reasonCode: 'certain-pass' })
})

it.each<[string, Promise<Verdict>]>([
  ['whose record shows no reason', judged(90)],
  ['whose outage was too short to decide', judged(60, { troubles: [{ kind: 'error', fromS: 30, toS: 33 }] })],
  ['that was not planned to end so', judged(90, { troubles: [] }, false)],
])('a run %s is inconclusive, whatever its ledger says', async (_what, verdict) => {
  expect(await verdict).toMatchObject({ exitCode: 3 })
  expect((await verdict).sentence).toContain('stopped as decided, and its record does not show by what')
})

it('one bad answer too many is certain at once', async () => {
  const count: Objective = {
    ...{
      kind: 'count',
      id: 'bad',
      title: 'Bad answers',
      gate: 'required',
      source: '',
      phases: ['steady', 'recovered'],
    },
    ...{ targetText: '≤ 0', sli: { metric: 'holdfast_request' }, op: 'lte', value: 0, minSamples: 1 },
  }
  const verdict = await judged(30, { objectives: [count], troubles: [{ kind: 'error', fromS: 25, toS: 25.1 }] })
  expect(verdict).toMatchObject({ result: 'fail', exitCode: 1 })
  expect(verdict.detail).toMatch(
    /Stopped at 30 of 210 s, when the verdict was certain\. Bad answers: \d+ bad of [\d,]+\./,
  )
})
