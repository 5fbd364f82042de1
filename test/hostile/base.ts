import type { Objective } from '../../model/objective.ts'
import type { Plan } from '../../model/plan.ts'
import { recordFiles } from '../../run/record-names.ts'
import { demoCharts } from '../fixtures/charts.ts'
import { demoPlan } from '../fixtures/plan.ts'
import { errorObjective, latencyObjective, makeRecord, resilienceObjective } from '../fixtures/record.ts'
import { capacity, changed, passed, slower } from '../fixtures/verdicts.ts'

/** A file of a record as text; JSON by the line where its name says so. */
export type Files = Record<string, string>

/** Records of one folder, in the order of time: the hostile one comes after one that is good, and before another. */
export const ids = {
  good: '2026-01-01T00-00-00-good',
  hostile: '2026-02-01T00-00-00-hostile',
  later: '2026-03-01T00-00-00-later',
} as const

const objective = (id: string, more: object): Objective =>
  ({
    id,
    title: id,
    gate: 'required',
    source: 'made',
    phases: ['steady', 'recovered'],
    targetText: '< 1',
    ...more,
  }) as Objective

const record = makeRecord({
  warmUpS: 1,
  steadyS: 4,
  faultsS: 4,
  recoveryS: 4,
  stableForS: 2,
  streams: [{ perSecond: 8, errorRatio: 0.05 }],
  objectives: [
    latencyObjective(),
    errorObjective(),
    resilienceObjective('recoveryTime', 5000),
    resilienceObjective('lostWrites', 0),
    objective('queue', {
      kind: 'gauge',
      series: 'queue',
      aggregate: 'max',
      op: 'lt',
      value: 9,
      unit: 'count',
      minSamples: 1,
    }),
    objective('growth', { kind: 'growth', series: 'queue', op: 'lt', value: 9, minSeconds: 1 }),
    objective('count', { kind: 'count', sli: { metric: 'holdfast_request' }, op: 'lt', value: 900, minSamples: 1 }),
    objective('reaction', {
      ...{ kind: 'reaction', phases: ['fault'], series: 'queue', reaches: { op: 'gt', value: 1 }, after: 'injection' },
      ...{ until: 'first', quiet: false, op: 'lt', withinMs: 5000 },
    }),
  ],
  faults: [
    { atS: 5, holdS: 1 },
    { atS: 7, holdS: null },
  ],
  troubles: [{ kind: 'hang', fromS: 5.1, toS: 6, ms: 500 }],
  series: [
    {
      component: 'api',
      values: (second) => ({ queue: second, process_resident_bytes: 1e6, process_cpu_seconds: second }),
    },
  ],
  audit: { acknowledged: 20, lostCount: 2, lateCount: 1, latestMs: 20 },
})

const plan: Plan = {
  ...record.plan,
  ...{ guards: demoPlan.guards, expectations: demoPlan.expectations, leavesOut: ['x'], cluster: undefined as never },
  baseline: { runs: ['previous', ids.good], gates: false },
  capacity: {
    ...{ factor: 1, upTo: 4 },
    steps: [
      {
        ...{ factor: 1, state: 'held', reason: '', offeredPerSecond: 8, achievedPerSecond: 8, p50Ms: 1, p95Ms: 2 },
        ...{ errorRatio: 0, saturation: [{ resource: 'api cpu', ratio: 0.5 }] },
      },
    ],
  },
  prometheus: { url: 'http://127.0.0.1:9/', stepMs: 1000 },
}

const lines = (values: Iterable<unknown>): string => [...values].map((value) => `${JSON.stringify(value)}\n`).join('')

/** Events that a made record has not, so that each kind is there to be changed. */
const more = [
  { type: 'process.started', instance: 'api', pid: 2 ** 22 + 5, startTicks: 7 },
  { type: 'process.exited', instance: 'api', pid: 2 ** 22 + 5, code: 0, signal: null, expected: true },
  { type: 'warning', message: 'a warning' },
  { type: 'error', message: 'an error' },
  { type: 'guard.tripped', guard: 'errors', evidence: '80 %' },
  { type: 'cluster.clock', aheadMs: 3, withinMs: 2, contradictions: 0 },
  { type: 'container.started', instance: 'api', id: 'abc', engineAtMs: 1 },
  { type: 'proxy.server', apiUrl: 'http://127.0.0.1:9' },
  { type: 'run.decided', result: 'pass', evidence: 'x' },
].map((event) => ({ atMs: record.events[0]?.atMs, ...event }))

const answers = [
  {
    type: 'answer',
    series: 'prometheus:x',
    query: 'up',
    samples: 1,
    failed: null,
    incomplete: null,
    notNumbersAtMs: [],
  },
  { type: 'sample', atMs: record.events[0]?.atMs, component: 'worker', values: { 'prometheus:x': 1 } },
]

const verdict = {
  ...passed.verdict,
  ...{
    runId: plan.runId,
    baseline: slower.verdict.baseline,
    capacity: capacity.verdict.capacity,
    changes: changed.verdict.changes,
  },
}

/** A whole record, judged, from which each hostile one is made. */
export const baseFiles = (): Files => ({
  [recordFiles.plan]: JSON.stringify(plan),
  [recordFiles.events]: lines([record.events[0], ...more, ...record.events.slice(1)]),
  [recordFiles.windows]: lines(record.lines()),
  [recordFiles.prometheus]: lines(answers),
  [recordFiles.verdict]: JSON.stringify(verdict),
  [recordFiles.charts]: JSON.stringify(demoCharts(12)),
})
