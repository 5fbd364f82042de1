import { describe, expect, it } from 'vitest'
import type { Declared } from '../model/declared.ts'
import { HoldfastError } from '../model/errors.ts'
import type { ResilienceObjectiveSpec } from '../model/slo.ts'
import { checkNames } from './names.ts'
import { objectiveOf } from './objectives.ts'
import { parseSloFile } from './slo.ts'

const declared: Declared = {
  scenarios: {
    browse: { requests: ['GET /get', 'GET /items/:id'], samples: {} },
    buy: { requests: ['POST /orders'], samples: { order_lag: ['order', 'refund'] } },
  },
  unreadable: {},
  series: { api: ['queue_depth', 'db_pool_used_ratio'], postgres: [] },
}

const message = (check: () => void): string => {
  try {
    check()
  } catch (error) {
    if (error instanceof HoldfastError) return `${error.message} | ${error.hint}`
    throw error
  }
  return 'accepted'
}

const slo = (binding: string, known = declared): string => {
  const { objectives } = parseSloFile(
    `apiVersion: openslo/v1
kind: SLO
metadata: { name: speed }
spec:
  service: shop
  indicator: { spec: { thresholdMetric: { metricSource: { type: holdfast, spec: { unit: ms, ${binding} } } } } }
  budgetingMethod: Occurrences
  objectives: [{ op: lt, value: 300, target: 0.95 }]
`,
    'slos/shop.yaml',
  )
  return message(() => checkNames(objectives, known, 'slos/shop.yaml'))
}

describe('an SLO', () => {
  it.each([
    'metric: holdfast_request',
    'metric: http_req_duration, requests: ["GET /get"]',
    // Another game day may have the scenario; this one need not.
    'metric: holdfast_request, requests: ["POST /orders", "GET /items/:id"]',
    'metric: holdfast_request, requests: ["POST /orders"], scenarios: [buy, browse]',
    'metric: order_lag, requests: [order]',
  ])('with names that a scenario of the system declares: %s', (binding) => {
    expect(slo(binding)).toBe('accepted')
  })

  it.each([
    [
      'metric: holdfast_request, requests: ["GET /gett"]',
      'requests: no scenario declares the request "GET /gett" | Did you mean "GET /get"?',
    ],
    [
      'metric: holdfast_request, requests: ["GET /get", "get /GET"]',
      'requests: no scenario declares the request "get /GET" | Did you mean "GET /get"?',
    ],
    [
      'metric: holdfast_request, requests: ["GET /*"]',
      'requests: no scenario declares the request "GET /*" | There are: GET /get, GET /items/:id, POST /orders.',
    ],
    [
      'metric: holdfast_request, requests: ["POST /orders"], scenarios: [browse]',
      'requests: none of browse declares the request "POST /orders" | There are: GET /get, GET /items/:id.',
    ],
    [
      'metric: holdfast_request, scenarios: [brows]',
      'scenarios: there is no scenario "brows" | Did you mean "browse"?',
    ],
    ['metric: order_lagg', 'metric: no scenario declares samples of "order_lagg" | Did you mean "order_lag"?'],
    [
      'metric: order_lag, requests: [orders]',
      'requests: no scenario declares samples of order_lag named "orders" | Did you mean "order"?',
    ],
    [
      'metric: order_lag, requests: ["POST /orders"]',
      'requests: no scenario declares samples of order_lag named "POST /orders" | There are: order, refund.',
    ],
    [
      'metric: order_lag, scenarios: [browse], requests: [order]',
      'requests: none of browse declares samples of order_lag named "order" | There are none.',
    ],
  ])('with %s', (binding, refusal) => {
    expect(slo(binding)).toBe(`slos/shop.yaml: objective "speed": ${refusal}`)
  })

  it.each([
    'http_req_waiting',
    'http_req_blocked',
    'http_req_connecting',
    'http_req_tls_handshaking',
    'http_req_sending',
    'http_req_receiving',
    'http_reqs',
    'grpc_req_duration',
    'ws_connecting',
    'ws_session_duration',
    'browser_web_vital_lcp',
    'iteration_duration',
    'iterations',
    'dropped_iterations',
    'group_duration',
    'data_received',
    'vus',
    'vus_max',
    'checks',
  ])("with k6's own %s, which the record does not hold", (metric) => {
    expect(slo(`metric: ${metric}`)).toBe(
      `slos/shop.yaml: objective "speed": metric: k6's own ${metric} is not measured | ` +
        'Measured are: holdfast_request, http_req_duration, http_req_failed, order_lag.',
    )
  })

  it('names the scenario that could not be read: it may be the one that declares the name', () => {
    const known = { ...declared, unreadable: { plain: 'scenarios/shop/plain.ts: has no default export' } }
    expect(slo('metric: holdfast_request, requests: ["GET /gett"]', known)).toContain(
      'Did you mean "GET /get"? Not read: scenarios/shop/plain.ts: has no default export.',
    )
    const only = { ...declared, scenarios: { browse: { requests: ['GET /'], samples: {} } } }
    expect(slo('metric: holdfast_request, requests: ["GET /gett"]', only)).toContain('Did you mean "GET /"?')
    expect(slo('metric: holdfast_request, scenarios: [plain]', known)).toContain(
      'scenarios: scenarios/shop/plain.ts: has no default export',
    )
  })
})

const ofGameDay = (spec: Partial<ResilienceObjectiveSpec>, known = declared): string =>
  message(() =>
    checkNames(
      [objectiveOf({ name: 'o', title: 't', measure: 'gauge', op: 'lt', value: 1, unit: 'count', ...spec })],
      known,
      'day.ts',
    ),
  )

describe('an objective on a series', () => {
  const reaction = {
    measure: 'reactionTime',
    unit: 's',
    reaches: { op: 'gte', value: 1 },
    series: 'queue_depth',
  } as const

  it.each<Partial<ResilienceObjectiveSpec>>([
    { aggregate: 'max', series: 'queue_depth' },
    { aggregate: 'max', series: 'queue_depth', component: 'api' },
    { aggregate: 'max', series: 'process_resident_bytes', component: 'postgres' },
    { aggregate: 'max', query: 'max(anything)' },
    { ...reaction, after: { series: 'db_pool_used_ratio', op: 'gt', value: 0.9 } },
    { measure: 'memoryGrowth', unit: 'megabytesPerHour' },
    { ...reaction, series: 'ready_replicas', component: 'api', after: 'injection' },
  ])('that something declares: %j', (spec) => {
    expect(ofGameDay(spec)).toBe('accepted')
  })

  it.each<[Partial<ResilienceObjectiveSpec>, string]>([
    [
      { aggregate: 'max', series: 'queue_dept' },
      'series: no component has series "queue_dept" | Did you mean "queue_depth"?',
    ],
    [
      { aggregate: 'max', series: 'queue_depth', component: 'postgres' },
      'series: postgres has no series "queue_depth" | There are: process_resident_bytes, process_cpu_seconds, process_start_ticks, ready_replicas, restarts.',
    ],
    [
      { measure: 'rate', series: 'queue_depth', whileSeries: 'db_pool_used_ration' },
      'whileSeries: no component has series "db_pool_used_ration" | Did you mean "db_pool_used_ratio"?',
    ],
    [
      { ...reaction, after: { series: 'queue_deth', op: 'gt', value: 0.9 } },
      'after.series: no component has series "queue_deth" | Did you mean "queue_depth"?',
    ],
    [
      { measure: 'memoryGrowth', unit: 'megabytesPerHour', series: 'process_residentbytes' },
      'series: no component has series "process_residentbytes" | Did you mean "process_resident_bytes"?',
    ],
    [
      { measure: 'badCount', requests: ['POST /order'] },
      'requests: no scenario declares the request "POST /order" | Did you mean "POST /orders"?',
    ],
    [
      { measure: 'badCount', metric: 'order_lug' },
      'metric: no scenario declares samples of "order_lug" | Did you mean "order_lag"?',
    ],
  ])('that nothing declares: %j', (spec, refusal) => {
    expect(ofGameDay(spec)).toBe(`day.ts: objective "o": ${refusal}`)
  })

  it('of a component that does not list its series may be any, but for a near miss', () => {
    const known = { ...declared, series: { api: null } }
    expect(ofGameDay({ aggregate: 'max', series: 'shop_queue' }, known)).toBe('accepted')
    expect(ofGameDay({ aggregate: 'max', series: 'process_resident_byte' }, known)).toContain('Did you mean')
  })
})
