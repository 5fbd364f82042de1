import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { HoldfastError } from '../model/errors.ts'
import { parseSloFile } from './slo.ts'

const real = readFileSync(new URL('../slos/batchsender.yaml', import.meta.url), 'utf8')

const slo = (spec: string, metadata = 'name: latency') => `apiVersion: openslo/v1
kind: SLO
metadata:
  ${metadata}
spec:
  service: s
  budgetingMethod: Occurrences
${spec}`

const indicator = `  indicator:
    spec:
      thresholdMetric:
        metricSource:
          type: holdfast
          spec: { metric: holdfast_request, unit: ms, requests: [POST /a] }
`
const objectives = (text: string) => `${indicator}  objectives:\n    - ${text}\n`
const good = slo(objectives('{ op: lt, value: 500, target: 0.95 }'))
const own = (spec: string) => `apiVersion: holdfast.dev/v1
kind: ResilienceObjective
metadata:
  name: mine
spec:
${spec
  .split('\n')
  .map((line) => `  ${line}`)
  .join('\n')}
`

const refusal = (text: string): string => {
  try {
    parseSloFile(text, 'x.yaml')
  } catch (error) {
    if (error instanceof HoldfastError) return `${error.message} | ${error.hint ?? ''}`
    throw error
  }
  throw new Error('was accepted')
}

describe('refusals, one line with file, line, key', () => {
  it.each([
    ['an empty file', '', 'x.yaml: is empty | '],
    ['only service documents', 'apiVersion: openslo/v1\nkind: Service\n', 'x.yaml: holds no objective | '],
    ['only a comment', '# nothing\n', 'x.yaml: is empty | '],
    ['a list', '- a\n', 'x.yaml:1: is no document with apiVersion and kind | '],
    [
      'no kind',
      'apiVersion: openslo/v1\n',
      'x.yaml:1: kind: is missing | Write kind, for instance with holdfast.dev/v1.',
    ],
    [
      'an unknown kind',
      'apiVersion: openslo/v1\nkind: Slo\n',
      'x.yaml:2: kind: "Slo" is not allowed | Allowed: SLO, SLI, ResilienceObjective, UncheckedTarget.',
    ],
    [
      'another version',
      good.replace('openslo/v1', 'openslo/v2'),
      'x.yaml:1: apiVersion: "openslo/v2" is not allowed | Allowed: openslo/v1.',
    ],
    [
      'a name with spaces',
      slo(objectives('{ op: lt, value: 5, target: 0.9 }'), 'name: My SLO'),
      'x.yaml:4: metadata.name: must be lower-case letters, digits and hyphens | ',
    ],
    [
      'a percentage as target',
      slo(objectives('{ op: lt, value: 500, target: 95 }')),
      'x.yaml:15: spec.objectives[0].target: must be below 1; write p95 as 0.95 | ',
    ],
    [
      'no target',
      slo(objectives('{ op: lt, value: 500 }')),
      'x.yaml:15: spec.objectives[0].target: is missing | Write p95 as target: 0.95.',
    ],
    [
      'no op',
      slo(objectives('{ value: 500, target: 0.9 }')),
      'x.yaml:15: spec.objectives[0].op: is missing | A threshold metric needs op and value.',
    ],
    [
      'a wrong op',
      slo(objectives('{ op: gt, value: 500, target: 0.9 }')),
      'x.yaml:15: spec.objectives[0].op: gt is not read for a latency | Write lt.',
    ],
    [
      'a value as text',
      slo(objectives('{ op: lt, value: 500ms, target: 0.9 }')),
      'x.yaml:15: spec.objectives[0].value: "500ms" is not a number | ',
    ],
    [
      'no unit',
      good.replace(' unit: ms,', ''),
      'x.yaml:15: spec.objectives[0].value: has no unit | Write unit: us, ms or s in metricSource.spec.',
    ],
    [
      'an unknown key in the binding',
      good.replace('unit: ms', 'units: ms'),
      'x.yaml:13: spec.indicator.spec.thresholdMetric.metricSource.spec.units: unknown key | Did you mean "unit"?',
    ],
    [
      'another metric source',
      good.replace('type: holdfast', 'type: prometheus'),
      'x.yaml:12: spec.indicator.spec.thresholdMetric.metricSource.type: "prometheus" is not read | Write type: holdfast, or a ResilienceObjective with a query for Prometheus.',
    ],
    [
      'time slices',
      good.replace('Occurrences', 'Timeslices'),
      'x.yaml:7: spec.budgetingMethod: "Timeslices" is not allowed | Allowed: Occurrences.',
    ],
    [
      'an unknown gate',
      good.replace('  name: latency', '  name: latency\n  annotations: { holdfast.dev/gate: maybe }'),
      'x.yaml:5: metadata.annotations.holdfast.dev/gate: "maybe" is not allowed | Allowed: required, advisory, info.',
    ],
    [
      'traffic without a unit',
      good.replace('  name: latency', '  name: latency\n  annotations: { holdfast.dev/production-traffic: "100" }'),
      'x.yaml:5: metadata.annotations.holdfast.dev/production-traffic: "100" is no rate | Write 1000/h or 50/s.',
    ],
    [
      'a reference to nothing',
      slo('  indicatorRef: gone\n  objectives: [{ target: 0.9 }]\n'),
      'x.yaml:8: spec.indicatorRef: "gone" is no SLI of this file | There are: none.',
    ],
    [
      'broken YAML',
      'kind: [SLO\n',
      'x.yaml:2: Flow sequence in block collection must be sufficiently indented and end with a ] | ',
    ],
    ['a key twice', good.replace('kind: SLO', 'kind: SLO\nkind: SLO'), 'x.yaml:3: Map keys must be unique | '],
    [
      'own kind, unknown measure',
      own('measure: speed\nop: lt\nvalue: 1\nunit: s'),
      'x.yaml:6: spec.measure: "speed" is not allowed | Allowed: recoveryTime, rto, timeToImpact, degradedSeconds, resilienceLoss, budgetConsumed, maxErrorRatio, latencyP95, latencyP99, lostWrites, rpo, duplicates, badCount, gauge, rate, reactionTime, memoryGrowth.',
    ],
    [
      'own kind, no unit',
      own('measure: rto\nop: lt\nvalue: 1'),
      'x.yaml:6: spec.unit: is missing | Allowed: s, ms, ratio, percent, count, bytes, perSecond, megabytesPerHour.',
    ],
    [
      'own kind, wrong unit',
      own('measure: rto\nop: lt\nvalue: 1\nunit: bytes'),
      'x.yaml:9: spec.unit: bytes does not fit rto | Allowed: s, ms.',
    ],
    [
      'own kind, gauge without series',
      own('measure: gauge\nop: lt\nvalue: 1\nunit: count'),
      'x.yaml:6: spec.series: is missing | Name a series of /metrics, or write a query for Prometheus.',
    ],
    [
      'own kind, a rate whose query gives a counter',
      own('measure: rate\nop: lt\nvalue: 1\nunit: count\nquery: sum(requests_total)'),
      'x.yaml:10: spec.query: gives no rate | Write the rate per second itself, for instance sum(rate(requests_total[1m])).',
    ],
    [
      'a percentage written as a share',
      slo(objectives('{ op: lt, value: 5, targetPercent: 0.99 }')),
      'x.yaml:15: spec.objectives[0].targetPercent: 0.99 % of good samples would nearly always be met | Write 99 for 99 %, or target: 0.99.',
    ],
    [
      'a threshold that no clock shows',
      slo(objectives('{ op: lt, value: 0.0001, target: 0.9 }')),
      'x.yaml:15: spec.objectives[0].value: 0.0001 ms is below a microsecond | Check its unit.',
    ],
    [
      'a threshold of a metric without times',
      slo(objectives('{ op: lt, value: 5, target: 0.9 }')).replace('holdfast_request', 'http_req_failed'),
      'x.yaml:15: spec.objectives[0].indicator: http_req_failed has no time | Name http_req_duration.',
    ],
    [
      'own kind, a bound that is met by the worst',
      own('measure: recoveryTime\nop: gt\nvalue: 5\nunit: s'),
      'x.yaml:7: spec.op: gt would hold the better, the worse recoveryTime is | Write lt or lte.',
    ],
    [
      'own kind, a ratio that is met always',
      own('measure: maxErrorRatio\nop: lt\nvalue: 5\nunit: ratio'),
      'x.yaml:8: spec.value: an error ratio is never above 100 %: this holds always | Write 0.05 with unit ratio, or 5 with unit percent.',
    ],
    [
      'own kind, a key that says nothing',
      own('measure: rto\nop: lt\nvalue: 1\nunit: s\nseries: x'),
      'x.yaml:10: spec.series: says nothing for measure rto | Leave series out.',
    ],
  ])('%s', (_what, text, line) => {
    expect(refusal(text)).toBe(line)
  })

  const ratio = (source: string) => `  indicator:
    spec:
      ratioMetric:
        counter: true
        good: { metricSource: ${source} }
        total: { metricSource: ${source} }
`
  it.each([
    [
      slo(
        `${ratio('{ type: Prometheus, metricSourceRef: main, spec: { query: up } }')}  objectives: [{ target: 0.99 }]\n`,
      ),
      'x.yaml:12: spec.indicator.spec.ratioMetric.good.metricSource.type: "Prometheus" is not read | Write type: holdfast, or a ResilienceObjective with a query for Prometheus.',
    ],
    [
      slo(
        `${ratio('{ type: holdfast, spec: { metric: m } }')}  objectives: [{ target: 0.99, timeSliceTarget: 0.95 }]\n`,
      ).replace('Occurrences', 'Timeslices'),
      'x.yaml:7: spec.budgetingMethod: "Timeslices" is not allowed | Allowed: Occurrences.',
    ],
    [
      slo('  objectives: [{ ratioMetrics: {}, target: 0.99 }]\n').replace('openslo/v1', 'openslo/v1alpha'),
      'x.yaml:1: apiVersion: "openslo/v1alpha" is not allowed | Allowed: openslo/v1.',
    ],
    [
      `apiVersion: openslo/v1\nkind: SLI\nmetadata: { name: a }\nspec: { thresholdMetric: { metricSource: { type: Datadog, spec: { q: a } } } }\n`,
      'x.yaml:4: spec.thresholdMetric.metricSource.type: "Datadog" is not read | Write type: holdfast, or a ResilienceObjective with a query for Prometheus.',
    ],
  ])('what a document of another tool really differs in, before its keys', (text, line) => {
    expect(refusal(text)).toBe(line)
  })

  it('good and total that select different samples', () => {
    const ratio = slo(`  indicator:
    spec:
      ratioMetric:
        counter: true
        good: { metricSource: { type: holdfast, spec: { metric: holdfast_request, requests: [a] } } }
        total: { metricSource: { type: holdfast, spec: { metric: holdfast_request } } }
  objectives:
    - target: 0.9
`)
    expect(refusal(ratio)).toMatch(/^x.yaml:15: spec.objectives\[0\]: good and total select different samples/)
  })

  it('an alias bomb', () => {
    const bomb = `a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c,*c]\n`
    expect(refusal(bomb)).toBe('x.yaml:1: Excessive alias count indicates a resource exhaustion attack | ')
  })
})

describe('OpenSLO', () => {
  it('counts a threshold in whole microseconds, as the output does', () => {
    const { objectives: read } = parseSloFile(slo(objectives('{ op: lt, value: 1.001, target: 0.9 }')), 'x.yaml')
    expect(read[0]).toMatchObject({ thresholdUs: 1001 })
  })

  it('a threshold metric is a proportion of fast samples', () => {
    expect(parseSloFile(good, 'x.yaml')).toEqual({
      warnings: [],
      unchecked: [],
      objectives: [
        {
          kind: 'proportion',
          id: 'latency',
          title: 'latency',
          gate: 'required',
          source: 'x.yaml',
          phases: ['steady', 'recovered'],
          targetText: 'p95 < 500 ms',
          sli: { metric: 'holdfast_request', names: ['POST /a'] },
          thresholdUs: 500_000,
          targetRatio: 0.95,
          show: 'latency',
          budgetWindowMs: null,
          productionPerSecond: null,
        },
      ],
    })
  })

  it('reads an SLI by reference, percentages, several objectives, and skips what cannot be judged', () => {
    const text = `apiVersion: openslo/v1
kind: SLI
metadata: { name: fast }
spec:
  thresholdMetric: { metricSource: { type: holdfast, spec: { metric: holdfast_request, unit: s } } }
---
apiVersion: openslo/v1
kind: Service
metadata: { name: s }
spec: { description: anything }
---
${slo('  indicatorRef: fast\n  objectives:\n    - { op: lt, value: 0.5, targetPercent: 95, displayName: p95 }\n    - { op: lte, value: 1, target: 0.999 }\n')}`
    const { objectives: found } = parseSloFile(text, 'x.yaml')
    expect(found.map(({ id, title, targetText }) => [id, title, targetText])).toEqual([
      ['latency-1', 'latency: p95', 'p95 < 0.5 s'],
      ['latency-2', 'latency: 2', 'p99.9 ≤ 1 s'],
    ])
  })

  it('warns about minutes that look like months, and about op beside a ratio', () => {
    const text = slo(`  indicator:
    spec:
      ratioMetric:
        counter: true
        bad: { metricSource: { type: holdfast, spec: { metric: holdfast_request } } }
        total: { metricSource: { type: holdfast, spec: { metric: holdfast_request } } }
  timeWindow:
    - duration: 1m
  objectives:
    - { op: lt, target: 0.99 }
`)
    const { warnings, objectives: found } = parseSloFile(text, 'x.yaml')
    expect(warnings).toEqual([
      'x.yaml:15: 1m means minutes; months are M',
      'x.yaml:17: op and value say nothing for a ratio metric',
    ])
    expect(found[0]).toMatchObject({ targetText: '< 1 %', show: 'badRatio', thresholdUs: null, budgetWindowMs: 60_000 })
  })
})

describe('the real document', () => {
  const whole = parseSloFile(real, 'slos/batchsender.yaml')

  it('holds every documented number without a warning', () => {
    expect(whole.warnings).toEqual([])
    expect(Object.fromEntries(whole.objectives.map(({ id, targetText }) => [id, targetText]))).toEqual({
      'api-latency': 'p95 < 500 ms',
      'webhook-latency': 'p95 < 100 ms',
      'error-rate': '< 5 %',
      uptime: '≥ 99.9 %',
      'batches-accepted': '≥ 99.9 %',
      budget: '< 100 %',
      'large-batch': '≤ 0',
      'send-rate': '≤ 0',
      'queue-depth': '< 10,000',
      'stale-consumers': '< 100',
      'consumer-memory': '< 100 MB',
      'forged-webhooks': '≤ 0',
      'body-limit': '≤ 0',
      'content-type': '≤ 0',
      rto: '≤ 4 h',
      mttr: '< 4 h',
      rpo: '< 15 min',
    })
  })

  it('takes the uptime from every request that should succeed, without a budget', () => {
    const find = (name: string) => whole.objectives.find(({ id }) => id === name)
    const uptime = find('uptime')
    expect(uptime).toMatchObject({ budgetWindowMs: null, productionPerSecond: null })
    const latencies = [find('api-latency'), find('webhook-latency')]
    const names = latencies.flatMap((slo) => (slo?.kind === 'proportion' ? (slo.sli.names ?? []) : []))
    expect(uptime).toMatchObject({ sli: { metric: 'holdfast_request', names } })
  })

  it('has a budget for batches, whose traffic is documented, and judges nobody by it', () => {
    const find = (name: string) => whole.objectives.find(({ id }) => id === name)
    expect(find('batches-accepted')).toMatchObject({
      gate: 'info',
      budgetWindowMs: 30 * 86_400_000,
      productionPerSecond: 1000 / 3600,
    })
    expect(find('budget')).toMatchObject({ gate: 'info', sliIds: ['batches-accepted'], value: 1 })
  })

  /** An error that begins with the file; or objectives of which all but the last are those of the whole. */
  const holds = (text: string): boolean => {
    let objectives: typeof whole.objectives
    try {
      objectives = parseSloFile(text, 'slos/batchsender.yaml').objectives
    } catch (error) {
      if (!(error instanceof HoldfastError)) throw error
      return /^slos\/batchsender\.yaml(:\d+)?: [^\n]+$/.test(error.message)
    }
    const kept = objectives.slice(0, -1)
    return JSON.stringify(kept) === JSON.stringify(whole.objectives.slice(0, kept.length))
  }

  it('cut off anywhere gives an error or what is left', () => {
    const firstTwo = real.indexOf('---', real.indexOf('---') + 3)
    for (let length = 0; length <= firstTwo; length++) expect(holds(real.slice(0, length)), String(length)).toBe(true)
    fc.assert(
      fc.property(fc.integer({ min: firstTwo, max: real.length }), (length) => holds(real.slice(0, length))),
      { numRuns: 60 },
    )
  }, 60_000)

  it('with a piece taken out or put in never crashes', () => {
    const piece = fc.constantFrom('\t', ': ', '- ', '{', ']', '"', '&a', '*a', '!!binary ', '\0', '---\n', '  ')
    fc.assert(
      fc.property(fc.nat(real.length - 1), fc.nat(30), piece, (at, cut, put) => {
        try {
          parseSloFile(real.slice(0, at) + put + real.slice(at + cut), 'x.yaml')
        } catch (error) {
          if (!(error instanceof HoldfastError)) throw error
        }
      }),
      { numRuns: 150 },
    )
  }, 60_000)
})

describe('UncheckedTarget', () => {
  const unchecked = (spec: string) =>
    `apiVersion: holdfast.dev/v1\nkind: UncheckedTarget\nmetadata:\n  name: scaling\nspec: ${spec}\n---\n${readFileSync('slos/batchsender.yaml', 'utf8')}`

  it('is listed and is no objective', () => {
    const file = parseSloFile(unchecked('{ source: "adds workers", reason: no cluster }'), 'x.yaml')
    expect(file.unchecked[0]).toEqual({ id: 'scaling', source: 'adds workers', reason: 'no cluster' })
    expect(file.objectives.some(({ id }) => id === 'scaling')).toBe(false)
  })

  it('needs a reason', () => {
    expect(() => parseSloFile(unchecked('{ source: "adds workers" }'), 'x.yaml')).toThrow(
      'x.yaml:5: spec.reason: is missing',
    )
  })
})
