// A run that ends when its verdict is certain: against a server that answers every request with an error, and one that
// gives a few wrong answers under a fault.
import { beforeAll, describe, expect, test } from 'vitest'
import type { CountObjective } from '../../model/objective.ts'
import { requestMetric } from '../../model/window.ts'
import { goodRatio } from './planted/objectives.ts'
import { type PlantedResult, runPlanted } from './planted/run.ts'

const fast = { kind: 'fixed', ms: 5 } as const
const noBadAnswer: CountObjective = {
  ...{ kind: 'count', id: 'answers', title: 'Wrong answers', gate: 'required', source: 'planted', targetText: '≤ 0' },
  ...{ phases: ['steady', 'fault', 'recovered'], op: 'lte', value: 0, minSamples: 1 },
  sli: { metric: requestMetric, names: ['GET /errors'] },
}

let broken: PlantedResult
let faulted: PlantedResult

beforeAll(async () => {
  const common = { scenarios: ['errors'], stopWhenDecided: true, warmUpMs: 1000 } as const
  broken = await runPlanted({
    ...common,
    ...{
      name: 'curtailed',
      scenarios: [...common.scenarios],
      steadyMs: 16_000,
      objectives: [goodRatio('GET /errors')],
    },
    plants: { '/errors': { latency: fast, outages: [{ how: 'errors', fromN: 0, toN: 1_000_000 }] } },
  })
  faulted = await runPlanted({
    ...common,
    ...{ name: 'curtailed-fault', scenarios: [...common.scenarios], steadyMs: 3000, objectives: [noBadAnswer] },
    // At 50/s in the second second of the fault.
    plants: { '/errors': { latency: fast, outages: [{ how: 'errors', fromN: 275, toN: 277 }] } },
    faults: [
      {
        kind: 'none',
        oneShot: false,
        target: { kind: 'none' },
        atMs: 4000,
        holdMs: 10_000,
        injections: [{ driver: 'none' }],
      },
    ],
    recovery: { ms: 10_000, stableForMs: 2000 },
  })
})

describe('a run whose every request fails', () => {
  test('ends when that is proven whatever comes, and not before', () => {
    const { verdict, plan } = broken
    expect(verdict).toMatchObject({ result: 'fail', exitCode: 1, ended: 'decided', invalidReasons: [] })
    expect(verdict.durationMs).toBeGreaterThan(0.375 * 16_000)
    expect(verdict.durationMs).toBeLessThan(plan.phases.recovery.endMs - 4000)
    expect(verdict.objectives[0]).toMatchObject({ outcome: 'fail', reasonCode: 'certain-fail' })
    expect(verdict.detail).toMatch(/Stopped at \d+ of 17 s, when the verdict was certain\./)
  })

  test('says what it counted, no less than the judge then finds', () => {
    const said = broken.events.find((event) => event.type === 'run.decided')
    const badIn = (text: string | undefined) => Number(/([\d,]+) bad of/.exec(text ?? '')?.[1]?.replaceAll(',', ''))
    expect(badIn(said?.evidence)).toBeGreaterThan(0)
    expect(badIn(broken.verdict.objectives[0]?.reason)).toBeGreaterThanOrEqual(badIn(said?.evidence))
  })
})

test('a wrong answer under a fault ends the run, the fault first', () => {
  const { verdict, events, plan } = faulted
  expect(verdict).toMatchObject({ result: 'fail', exitCode: 1, ended: 'decided', tainted: false })
  expect(verdict.durationMs).toBeLessThan(plan.phases.recovery.startMs)
  const order = events.map(({ type }) => type)
  const at = (type: (typeof order)[number]) => order.indexOf(type)
  expect(at('fault.active')).toBeLessThan(at('run.decided'))
  expect(at('run.decided')).toBeLessThan(at('fault.provenRemoved'))
  expect(at('fault.provenRemoved')).toBeLessThan(at('run.ended'))
})
