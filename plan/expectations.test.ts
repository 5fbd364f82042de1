import { describe, expect, it } from 'vitest'
import type { Objective } from '../model/objective.ts'
import type { PlannedFault, PlannedLoad } from '../model/plan.ts'
import type { PhaseName } from '../model/slo.ts'
import { assessProvability } from './expectations.ts'
import type { PlannedRun } from './reach.ts'
import { iterationsIn } from './reach.ts'

const load: PlannedLoad = {
  scenario: 's',
  profile: 'short',
  rateFactor: 1,
  durationMs: 100_000,
  text: '',
  sli: 'POST /a',
  gracefulStopMs: 1000,
  rate: [
    [0, 10],
    [100_000, 10],
  ],
  requests: { 'POST /a': 1, 'GET /b': 0.5 },
  samples: { completion: { big: 0.01 } },
}
const fault = (id: string, atMs: number, holdMs: number | null): PlannedFault => ({
  id,
  kind: 'none',
  label: id,
  oneShot: holdMs === null,
  target: { kind: 'none' },
  atMs,
  holdMs,
  injections: [],
})
const run: PlannedRun = {
  environment: 'local',
  profile: 'short',
  phases: {
    warmUp: { startMs: 0, endMs: 10_000 },
    steady: { startMs: 10_000, endMs: 40_000 },
    faults: { startMs: 40_000, endMs: 70_000 },
    recovery: { startMs: 70_000, endMs: 100_000 },
  },
  stableForMs: 10_000,
  load: [load],
  faults: [fault('f1', 40_000, null), fault('f2', 60_000, 10_000)],
  hasAudit: true,
  declared: { scenarios: {}, unreadable: {}, series: {} },
}
const base = { id: 'o', title: 't', gate: 'required' as const, source: 's', targetText: '' }
const proportion = (targetRatio: number, names?: string[], metric = 'holdfast_request'): Objective => ({
  ...base,
  kind: 'proportion',
  phases: ['steady', 'recovered'],
  sli: { metric, ...(names ? { names } : {}) },
  thresholdUs: null,
  targetRatio,
  show: 'badRatio',
  budgetWindowMs: null,
  productionPerSecond: null,
})
const resilience = (measure: 'recoveryTime' | 'lostWrites', value = 1, sliIds: string[] = []): Objective => ({
  ...base,
  kind: 'resilience',
  phases: ['fault'],
  measure,
  op: 'lt',
  value,
  unit: 's',
  sliIds,
})
const slo = (id: string, changes: object = {}): Objective => ({ ...proportion(0.95, ['POST /a']), id, ...changes })

const one = (objective: Objective, changes: Partial<PlannedRun> = {}) => {
  const { objectives, expectations } = assessProvability([objective, slo('some')], { ...run, ...changes })
  return { gate: objectives[0]?.gate, ...expectations[0] }
}

describe('proportions', () => {
  it('counts steady state and the end of the recovery: 30 s + 10 s at 10/s', () => {
    expect(one(proportion(0.95, ['POST /a']))).toMatchObject({
      gate: 'required',
      samples: 400,
      needed: 59,
      provable: false,
      text: 'no: 1 min 20 s watched; 2 min 5 s needed',
    })
    expect(one(proportion(0.95))).toMatchObject({ samples: 600 })
  })

  it('names the requests among its own that this load does not send', () => {
    expect(one(proportion(0.95, ['POST /a', 'GET /z']))).toMatchObject({
      gate: 'required',
      samples: 400,
      text: 'no: 1 min 20 s watched; 2 min 5 s needed; this load sends no "GET /z"',
    })
  })

  it('says how many are missing for a proof', () => {
    expect(one(proportion(0.999, ['POST /a']))).toMatchObject({
      gate: 'required',
      samples: 400,
      needed: 2995,
      provable: false,
      text: 'no: about 400 samples; 2,995 needed without a bad one',
    })
  })

  it('that no scenario sends become info, with the reason', () => {
    expect(one(proportion(0.95, ['POST /z']))).toEqual({
      gate: 'info',
      objective: 'o',
      samples: 0,
      needed: null,
      provable: false,
      text: 'not judged: this load sends no "POST /z"',
      notJudged: { gate: 'required', reason: 'this load sends no "POST /z"' },
    })
    expect(one({ ...proportion(0.95, ['POST /z']), gate: 'info' }).notJudged).toBeUndefined()
  })

  it('of a record that does not say what the scenarios declare could be a mistake: that is said', () => {
    const { declared: _declared, ...old } = run
    const { expectations } = assessProvability([proportion(0.95, ['POST /z'])], old)
    expect(expectations[0]).toMatchObject({
      text: 'not judged: this load sends no "POST /z" (the record does not say whether any scenario does)',
    })
  })

  it('count the phases in which they are judged, and are told where there are none', () => {
    const count = (phases: PhaseName[], changes: Partial<PlannedRun> = {}) =>
      one(
        { ...base, kind: 'count', phases, sli: { metric: 'holdfast_request' }, op: 'lte', value: 0, minSamples: 1 },
        changes,
      )
    expect(count(['warmUp'])).toMatchObject({ samples: 150, gate: 'required' })
    // 20 s after the last fault, less the 10 s that only count as recovered.
    expect(count(['fault'])).toMatchObject({ samples: 750 })
    expect(count(['recovered'])).toMatchObject({ samples: 150 })
    const { endMs } = run.phases.steady
    const none = { startMs: endMs, endMs }
    const loadOnly = { faults: [], stableForMs: 0, phases: { ...run.phases, faults: none, recovery: none } }
    expect(count(['steady', 'recovered'], loadOnly)).toMatchObject({ samples: 450, gate: 'required' })
    expect(count(['fault', 'recovered'], loadOnly)).toMatchObject({
      gate: 'info',
      text: 'not judged: it is judged in faults and the time after a recovery only, and this game day has none',
      notJudged: { gate: 'required' },
    })
    const phases: PhaseName[] = ['recovered']
    const gauge = { ...base, kind: 'gauge', phases, series: 's', aggregate: 'max' } as const
    expect(one({ ...gauge, op: 'lt', value: 1, unit: 'count', minSamples: 1 }, loadOnly)).toMatchObject({
      gate: 'info',
    })
  })

  it('that the game day leaves out are not judged, measurable or not', () => {
    expect(one(proportion(0.95, ['POST /a']), { leavesOut: ['o'] })).toMatchObject({
      gate: 'info',
      notJudged: { gate: 'required', reason: 'the game day leaves it out' },
    })
  })

  it('of custom metrics count the samples that the scenario declares', () => {
    expect(one(proportion(0.5, ['big'], 'completion'))).toMatchObject({ samples: 4, needed: 5, provable: false })
  })
})

describe('resilience', () => {
  it('says what recovery time can still be seen: 20 s to the next fault, less 10 s stable', () => {
    expect(one(resilience('recoveryTime', 5000))).toMatchObject({ provable: true, text: 'yes' })
    expect(one(resilience('recoveryTime', 15_000))).toMatchObject({
      provable: true,
      text: 'yes, if recovery takes less than 10 s (f1)',
    })
  })

  it('takes faults that begin in the same second as one, judged by the last', () => {
    for (const apartMs of [0, 500]) {
      const faults = [fault('f1', 40_000, null), fault('f2', 40_000 + apartMs, null)]
      expect(one(resilience('recoveryTime', 5000), { faults })).toMatchObject({ provable: true, text: 'yes' })
    }
  })

  it('says when the next fault comes too soon', () => {
    const faults = [fault('f1', 40_000, null), fault('f2', 45_000, 10_000)]
    expect(one(resilience('recoveryTime', 5000), { faults })).toMatchObject({
      provable: false,
      text: 'no: after f1 the next fault begins before 10 s are over',
    })
  })

  it('leaves groups of overlapping faults out', () => {
    const faults = [fault('f1', 40_000, 20_000), fault('f2', 50_000, 20_000)]
    expect(one(resilience('recoveryTime', 20_000), { faults })).toMatchObject({ text: 'yes' })
  })

  it('is info without faults, and lost writes without a final read', () => {
    expect(one(resilience('recoveryTime'), { faults: [] })).toMatchObject({
      gate: 'info',
      text: 'not judged: this game day has no faults',
    })
    expect(one(resilience('lostWrites'), { hasAudit: false })).toMatchObject({
      gate: 'info',
      text: 'not judged: the system has no final read',
    })
  })
})

describe('SLOs that resilience objectives look at', () => {
  const unreached = slo('unreached', { sli: { metric: 'holdfast_request', names: ['POST /z'] } })
  const recovery = (sliIds: string[], slos: Objective[]) => {
    const { objectives, expectations } = assessProvability([resilience('recoveryTime', 1, sliIds), ...slos], run)
    const [objective] = objectives
    return {
      gate: objective?.gate,
      sliIds: objective?.kind === 'resilience' && objective.sliIds,
      text: expectations[0]?.text,
    }
  }

  it('are all required ones that the load reaches', () => {
    const slos = [slo('one'), unreached, slo('advised', { gate: 'advisory' }), slo('two')]
    expect(recovery([], slos)).toMatchObject({ gate: 'required', sliIds: ['one', 'two'] })
  })

  it('are those that are named, less those that the load does not reach', () => {
    const slos = [slo('one'), unreached, slo('advised', { gate: 'advisory' })]
    expect(recovery(['advised'], slos)).toMatchObject({ gate: 'required', sliIds: ['advised'] })
    expect(recovery(['one', 'unreached'], slos)).toMatchObject({ gate: 'required', sliIds: ['one'] })
  })

  it('make it info when the one that is named is not reached, or none is', () => {
    expect(recovery(['unreached'], [slo('one'), unreached])).toEqual({
      gate: 'info',
      sliIds: ['unreached'],
      text: 'not judged: of unreached, this load sends no "POST /z"',
    })
    expect(recovery([], [unreached])).toEqual({
      gate: 'info',
      sliIds: [],
      text: 'not judged: this load reaches no required SLO',
    })
  })

  it('do not matter to lost writes', () => {
    const { objectives } = assessProvability([resilience('lostWrites'), unreached], run)
    expect(objectives[0]?.gate).toBe('required')
  })
})

const gauge: Objective = {
  ...base,
  kind: 'gauge',
  phases: ['steady', 'fault', 'recovered'],
  series: 'depth',
  aggregate: 'max',
  op: 'lt',
  value: 1,
  unit: 'count',
  minSamples: 5,
}

it('gauges can be read only where the processes are ours', () => {
  expect(one(gauge)).toMatchObject({ gate: 'required', samples: 90, needed: 5 })
  expect(one(gauge, { environment: 'external' })).toMatchObject({
    gate: 'info',
    text: 'not judged: depth cannot be read in the environment external',
  })
})

it('of Prometheus there is a point every step, not every second', () => {
  const asked = { ...gauge, series: 'prometheus:depth', phases: ['steady', 'recovered'] } as Objective
  const prometheus = { url: 'http://127.0.0.1:9090', stepMs: 5_000 }
  const short = { ...run.phases, steady: { startMs: 2_000, endMs: 17_000 } }
  expect(one(asked, { prometheus })).toMatchObject({ provable: true, needed: 5 })
  expect(one(asked, { prometheus, phases: short, stableForMs: 0 })).toMatchObject({
    ...{ gate: 'required', provable: false, samples: 3, needed: 5 },
    text: 'no: the run is too short: 3 points, one every 5 s; 5 needed',
  })
})

it('ready pods and restarts are known in a cluster only, of components whose pods are', () => {
  const restarts = { ...gauge, series: 'restarts', component: 'api' }
  const cluster = { environment: 'kubernetes' as const, selected: ['api'] }
  expect(one(restarts, cluster)).toMatchObject({ gate: 'required', provable: true })
  expect(one(restarts)).toMatchObject({
    gate: 'info',
    text: 'not judged: restarts is known of pods only, in the environment kubernetes',
  })
  expect(one({ ...restarts, component: 'nats' }, cluster)).toMatchObject({
    text: 'not judged: the system names no labels for the pods of nats',
  })
})

it('a reaction to a series that nobody reads is not judged', () => {
  const scales: Objective = {
    ...base,
    kind: 'reaction',
    phases: ['fault', 'recovered'],
    series: 'ready_replicas',
    component: 'worker',
    reaches: { op: 'gte', value: 3 },
    after: { series: 'queue_depth', op: 'gt', value: 100 },
    until: 'first',
    quiet: false,
    op: 'lte',
    withinMs: 60_000,
  }
  expect(one(scales, { environment: 'kubernetes', selected: ['worker'] })).toMatchObject({
    gate: 'info',
    text: 'not judged: queue_depth cannot be read in the environment kubernetes',
  })
})

it('integrates ramps and jumps', () => {
  const ramp: PlannedLoad['rate'] = [
    [0, 0],
    [10_000, 10],
    [10_000, 20],
    [20_000, 20],
  ]
  expect(iterationsIn(ramp, { startMs: 0, endMs: 20_000 })).toBeCloseTo(50 + 200)
  expect(iterationsIn(ramp, { startMs: 5_000, endMs: 15_000 })).toBeCloseTo(37.5 + 100)
  expect(iterationsIn(ramp, { startMs: 30_000, endMs: 40_000 })).toBe(0)
})
