import { expect, it } from 'vitest'
import { untrustedCertificate } from '../model/k6-errors.ts'
import type { Objective } from '../model/objective.ts'
import type { Verdict } from '../model/verdict.ts'
import type { RecordLine } from '../model/window.ts'
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
const judged = async (
  cutS: number,
  spec: Partial<RunSpec> = {},
  stopWhenDecided = true,
  change = (lines: RecordLine[]): RecordLine[] => lines,
): Promise<Verdict> => {
  const { plan, events, lines } = makeRecord({
    ...{ steadyS: 200, streams: [{ perSecond: 20, medianMs: 5 }], objectives: [slo], ended: 'decided', ...spec },
  })
  const startMs = events.find(({ type }) => type === 'load.started')?.atMs ?? 0
  const cutMs = startMs + cutS * 1000
  const kept = events.filter(({ atMs, type }) => atMs <= cutMs && type !== 'run.ended' && type !== 'load.ended')
  const isBefore = (line: RecordLine): boolean => !('s' in line) || (line.s + 1) * 1000 <= cutMs
  const { verdict } = await judge({
    plan: { ...plan, ...(stopWhenDecided ? { stopWhenDecided: true as const } : {}) },
    events: [
      ...kept,
      { atMs: cutMs, type: 'run.decided', result: 'fail', evidence: 'the run said so' },
      { atMs: cutMs, type: 'load.ended', exitCode: null, signal: 'SIGTERM' },
      { atMs: cutMs, type: 'run.ended', reason: 'decided' },
    ],
    lines: withTotals(change([...lines()].filter(isBefore))),
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

it.each([20, 209.4])('iterations that failed after good requests are no pass, stopped at %s s', async (cutS) => {
  const verdict = await judged(cutS, { troubles: [{ kind: 'throwAfter', fromS: 0, toS: 999 }] })
  expect(verdict.result).not.toBe('pass')
  expect(verdict.exitCode).not.toBe(0)
  if (cutS > 200) expect(verdict).toMatchObject({ result: 'fail', objectives: [{ reasonCode: 'certain-fail' }] })
})

it.each<['throwAfter' | 'throw' | 'drop']>([['throwAfter'], ['throw'], ['drop']])(
  'iterations that went wrong are bad requests of a certain fail: %s',
  async (kind) => {
    const verdict = await judged(90, { troubles: [{ kind, fromS: 0, toS: 999 }] })
    expect(verdict).toMatchObject({ result: 'fail', exitCode: 1, objectives: [{ reasonCode: 'certain-fail' }] })
  },
)

it('good requests of iterations that have not ended are not certain to stay good', async () => {
  const lastS = (lines: RecordLine[]) => Math.max(...lines.map((line) => ('s' in line ? line.s : 0)))
  const verdict = await judged(907, { steadyS: 900 }, true, (lines) => {
    const fromS = lastS(lines) - 25
    return lines.map((line) => (line.type === 'load' && line.s >= fromS ? { ...line, completed: 0 } : line))
  })
  expect(verdict.objectives[0]?.reasonCode).not.toBe('certain-pass')
  expect(verdict.result).not.toBe('pass')
})

it('requests that say nothing of the system decide nothing', async () => {
  const verdict = await judged(90, { troubles: [{ kind: 'refused', fromS: 0, toS: 999 }] }, true, (lines) => {
    const n = lines.reduce((sum, line) => sum + (line.type === 'window' ? line.n : 0), 0)
    const at = lines.findIndex(({ type }) => type === 'end')
    return lines.toSpliced(at, 0, { type: 'error', name: 'GET /', error: untrustedCertificate, n })
  })
  expect(verdict.objectives[0]).toMatchObject({ outcome: 'no-data', reasonCode: 'certificate-not-trusted' })
  expect(verdict).toMatchObject({ exitCode: 3 })
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
