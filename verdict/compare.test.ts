import { describe, expect, it } from 'vitest'
import type { Plan } from '../model/plan.ts'
import type { RunSpec } from '../test/fixtures/record.ts'
import { latencyObjective, makeRecord } from '../test/fixtures/record.ts'
import { compare } from './compare.ts'
import { judge } from './judge.ts'
import type { MeasuredRun } from './measured-run.ts'
import { measureRun } from './measured-run.ts'
import { readRun } from './read-run.ts'

/** A run of 30 requests per second whose p95 is near 150 ms, times `factor`. */
const specOf = (seed: number, factor = 1, more: Partial<RunSpec> = {}): RunSpec => ({
  seed,
  warmUpS: 2,
  steadyS: 120,
  streams: [{ perSecond: 30, medianMs: 100 * factor, sigma: 0.25 }],
  objectives: [latencyObjective()],
  ...more,
})

const measured = async (spec: RunSpec, plan: Partial<Plan> = {}): Promise<MeasuredRun> => {
  const made = makeRecord(spec)
  const runId = `run-${spec.seed}`
  return measureRun(await readRun({ plan: { ...made.plan, runId, ...plan }, events: made.events, lines: made.lines() }))
}

const against = async (current: MeasuredRun, runs: MeasuredRun[], gates = true) =>
  compare(current, { gates, runs, unreadable: [] })

const five = Promise.all([11, 12, 13, 14, 15].map((seed) => measured(specOf(seed))))

describe('a planted difference', () => {
  it('of 30 % is found, with an interval that holds it', async () => {
    const { outcome, rows, sentence, notes } = await against(await measured(specOf(1, 1.3)), await five)
    expect({ outcome, change: rows[0]?.change }).toEqual({ outcome: 'fail', change: 'slower' })
    // The p95 of a lognormal is median * e^(1.645 sigma).
    const planted = 30 * Math.exp(1.645 * 0.25)
    expect(rows[0]?.interval.low).toBeLessThan(planted)
    expect(rows[0]?.interval.high).toBeGreaterThan(planted)
    expect(sentence).toMatch(
      /^Slower than 5 baseline runs: p95 of .* \(steady\) went from 15\d ms to 19\d ms, \+4\d ms/,
    )
    expect(notes).toEqual([])
  })

  it('to the better is told as such and fails nothing', async () => {
    const { outcome, rows } = await against(await measured(specOf(1, 0.7)), await five)
    expect({ outcome, change: rows[0]?.change }).toEqual({ outcome: 'pass', change: 'faster' })
  })

  it('of 3 % is never called slower, and neither is none, whatever the seed', async () => {
    const runs = await five
    const changes = await Promise.all(
      Array.from({ length: 8 }, async (_, i) => {
        const current = await measured(specOf(100 + i, i % 2 === 0 ? 1.03 : 1))
        return (await against(current, runs)).rows[0]?.change
      }),
    )
    expect(new Set(changes)).not.toContain('slower')
    expect(changes.filter((change) => change === 'unchanged').length).toBeGreaterThan(4)
  })

  it('that every baseline run shows among themselves is none', async () => {
    const noisy = await Promise.all([0.8, 1, 1.25, 0.85, 1.2].map((factor, i) => measured(specOf(20 + i, factor))))
    const { rows } = await against(await measured(specOf(30, 1.2)), noisy)
    expect(rows[0]?.change).toBe('unclear')
  })

  it('below 10 ms matters to nobody', async () => {
    const quick = (seed: number, medianMs: number) =>
      measured(specOf(seed, 1, { streams: [{ perSecond: 30, medianMs, sigma: 0.1 }] }))
    const { rows } = await against(await quick(1, 6), await Promise.all([quick(2, 3), quick(3, 3)]))
    expect(rows[0]).toMatchObject({ change: 'unchanged', floorMs: 10 })
  })
})

describe('what does not fit', () => {
  it.each<[string, Partial<Plan>]>([
    ['its scenarios are not the same (bundle hash)', { bundle: { sha256: 'other' } }],
    ['it has another profile, full instead of short', { profile: 'full' }],
    ['it ran in another environment, external', { environment: 'external' }],
    ['it is of another system, other', { system: { name: 'other', title: '', standsFor: [] } }],
    ['its system options differ', { systemOptions: { rate: '1' } }],
    ['it is this run itself', { runId: 'run-1' }],
  ])('is refused: %s', async (reason, plan) => {
    const { outcome, notComparable, sentence } = await against(await measured(specOf(1)), [
      await measured(specOf(2), plan),
    ])
    expect(outcome).toBe('no-data')
    expect(notComparable).toEqual([{ run: plan.runId ?? 'run-2', reason }])
    expect(sentence).toContain(`: ${reason}.`)
  })

  it('is refused: another load, also where only the rate factor differs', async () => {
    const faster = await measured(specOf(2, 1, { streams: [{ perSecond: 60, medianMs: 100 }] }))
    expect((await against(await measured(specOf(1)), [faster])).notComparable[0]?.reason).toBe(
      'it has another load, flood (short, 60/s) instead of flood (short, 30/s)',
    )
  })

  it.each<[string, Partial<RunSpec>]>([
    ['it did not end as planned (guard)', { ended: 'guard' }],
    ['its record has no end', { ended: null }],
    [
      'it is invalid: 25.2 % of the steady load was not delivered although virtual users were free',
      { troubles: [{ kind: 'noLoad', fromS: 20, toS: 50 }] },
    ],
  ])('is refused, on either side: %s', async (reason, more) => {
    const [good, unfit] = [await measured(specOf(1)), await measured(specOf(2, 1, more))]
    expect((await against(good, [unfit])).notComparable[0]?.reason).toBe(reason)
    expect((await against(unfit, [good])).notComparable[0]?.reason).toBe(`of this run: ${reason}`)
  })

  it('is left out, and the others are compared', async () => {
    const other = await measured(specOf(2), { bundle: { sha256: 'other' } })
    const comparison = await against(await measured(specOf(1)), [other, ...(await five)])
    expect(comparison).toMatchObject({ outcome: 'pass', runs: ['run-11', 'run-12', 'run-13', 'run-14', 'run-15'] })
    expect(comparison.notComparable).toHaveLength(1)
  })

  it('has too few requests', async () => {
    const few = specOf(1, 1, { streams: [{ perSecond: 0.4 }] })
    const { outcome, rows } = await against(await measured(few), [await measured({ ...few, seed: 2 })])
    expect(outcome).toBe('no-data')
    expect(rows[0]).toMatchObject({ change: 'no-data', reason: '48 and 48 requests, 59 needed on both sides' })
  })
})

it.each<[string, Partial<Plan>, Partial<Plan>, string]>([
  ['address', { baseUrl: 'https://a/' }, { baseUrl: 'https://b/' }, 'place https://b/, here https://a/'],
  ['address, in a record that does not hold it', { baseUrl: 'https://a/' }, {}, 'place unknown, here https://a/'],
  [
    'namespace',
    { environment: 'kubernetes', cluster: { context: 'one', kubeconfig: [], namespace: 'a', server: 'https://c' } },
    { environment: 'kubernetes', cluster: { context: 'two', kubeconfig: [], namespace: 'b', server: 'https://c' } },
    'place b in https://c, here a in https://c',
  ],
])('says that another deployment was driven: %s', async (_, here, there, text) => {
  const run = (seed: number, plan: Partial<Plan>) => measured(specOf(seed), { environment: 'external', ...plan })
  const { outcome, notes } = await against(await run(1, here), [await run(2, there)])
  expect(outcome).toBe('pass')
  expect(notes[0]).toBe(`run-2: ${text}.`)
})

it('says that fewer than five runs do not tell how runs vary', async () => {
  const { notes } = await against(await measured(specOf(1)), (await five).slice(0, 2))
  expect(notes[0]).toMatch(/^2 baseline runs, at least 5 are needed/)
})

it('a recovered phase is compared only after the same faults', async () => {
  const withFault = (seed: number, atS: number) =>
    specOf(seed, 1, { steadyS: 60, faultsS: 20, recoveryS: 60, faults: [{ atS, holdS: 5 }] })
  const current = await measured(withFault(1, 62))
  const same = await against(current, [await measured(withFault(2, 62))])
  expect(same.rows.map(({ phase, change }) => [phase, change])).toEqual([
    ['steady', 'unchanged'],
    ['recovered', 'unchanged'],
  ])
  const other = await against(current, [await measured(withFault(2, 70))])
  expect(other.rows.map(({ phase, change }) => [phase, change])).toEqual([
    ['steady', 'unchanged'],
    ['recovered', 'no-data'],
  ])
})

describe('in a verdict', () => {
  const verdictOf = async (factor: number, gates: boolean, runs?: MeasuredRun[]) => {
    const { plan, events, lines } = makeRecord(specOf(1, factor))
    const baseline = { gates, runs: runs ?? (await five), unreadable: [] }
    return judge({ plan, events, lines: lines(), baseline })
  }

  it('a slower run fails where it gates, and says so first', async () => {
    const { verdict, charts } = await verdictOf(1.3, true)
    expect(verdict).toMatchObject({ result: 'fail', exitCode: 1 })
    expect(verdict.sentence).toMatch(/^Slower than 5 baseline runs/)
    expect(charts.baselinePercentiles?.find(({ p }) => p > 0.94)?.ms).toBeGreaterThan(140)
  })

  it('a slower run passes where it does not gate', async () => {
    const { verdict } = await verdictOf(1.3, false)
    expect(verdict).toMatchObject({ result: 'pass', exitCode: 0, baseline: { outcome: 'fail' } })
  })

  it('nothing to compare with is no pass where it gates', async () => {
    const { verdict, charts } = await verdictOf(1, true, [])
    expect(verdict).toMatchObject({ result: 'inconclusive', exitCode: 3 })
    expect(charts.baselinePercentiles).toBeUndefined()
  })
})
