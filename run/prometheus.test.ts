import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import type { Plan } from '../model/plan.ts'
import { demoPlan } from '../test/fixtures/plan.ts'
import { checkPrometheus, recordPrometheus, refuseOtherQueries } from './prometheus.ts'
import { queryRange } from './prometheus-api.ts'

let server: Server | undefined
let folder = ''
afterEach(async () => {
  server?.closeAllConnections()
  await new Promise((closed) => (server ? server.close(closed) : closed(null)))
  server = undefined
  if (folder !== '') rmSync(folder, { recursive: true, force: true })
  folder = ''
})

const listen = async (listener: RequestListener): Promise<string> => {
  server = createServer(listener)
  await new Promise<void>((ready) => server?.listen(0, '127.0.0.1', ready))
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`
}
const answer =
  (body: unknown, status = 200): RequestListener =>
  (_, response) => {
    response.writeHead(status).end(typeof body === 'string' ? body : JSON.stringify(body))
  }
const matrix = (values: unknown, metric: unknown = {}) => ({
  status: 'success',
  data: { resultType: 'matrix', result: [{ metric, values }] },
})
const span = { fromMs: 1_000_000, toMs: 1_020_000, stepMs: 5_000 }
const asked = async (listener: RequestListener, timeoutMs = 2_000) =>
  queryRange({ url: await listen(listener), headers: {}, timeoutMs }, 'up', span)

describe('an answer', () => {
  it('gives its numbers at their times, and the times of what is no number', async () => {
    const { series } = await asked(
      answer(
        matrix(
          [
            [1000, '1'],
            [1005, 'NaN'],
            [1010.5, '+Inf'],
            [1015, '-Inf'],
            [1020, '2.5e3'],
          ],
          { pod: 'api-1' },
        ),
      ),
    )
    expect(series).toEqual([
      {
        labels: { pod: 'api-1' },
        points: [
          [1_000_000, 1],
          [1_020_000, 2500],
        ],
        notNumbersAtMs: [1_005_000, 1_010_500, 1_015_000],
      },
    ])
  })

  it('may hold no series at all', async () => {
    const empty = { status: 'success', data: { resultType: 'matrix', result: [] } }
    expect((await asked(answer(empty))).series).toEqual([])
  })

  it('knows numbers as Prometheus writes them only', async () => {
    const texts = ['0x1', ' ', '', '1_0', '.', '5', '-.5E-1', 'Infinity']
    const { series } = await asked(answer(matrix(texts.map((text, i) => [1000 + i, text]))))
    expect(series[0]?.points).toEqual([
      [1_005_000, 5],
      [1_006_000, -0.05],
    ])
    expect(series[0]?.notNumbersAtMs).toHaveLength(6)
  })

  it('is put into the order of time; points of another time are left out', async () => {
    const { series } = await asked(
      answer(
        matrix([
          [1020, '3'],
          [1000, '1'],
          [1010, '2'],
          [7, '9'],
        ]),
      ),
    )
    expect(series[0]?.points.map(([, value]) => value)).toEqual([1, 2, 3])
  })

  it.each<[string, object, string | null]>([
    ['a warning', { warnings: ['store s-2 is away'] }, 'store s-2 is away'],
    ['several', { warnings: ['a', 'b'] }, 'a; b'],
    ['one that is no list', { warnings: { store: 's-2' } }, '{"store":"s-2"}'],
    ['none', { warnings: [], infos: [], isPartial: false }, null],
    ['the mark of VictoriaMetrics', { isPartial: true }, 'it is marked as partial'],
    ['a hint on the query', { infos: ['PromQL info: metric might not be a counter: "x"'] }, null],
    ['the same among the warnings', { warnings: ['PromQL info: metric might not be a counter: "x"'] }, null],
    [
      'an info of values that were left out',
      { infos: ['PromQL info: ignored histograms in a range containing both'] },
      'PromQL info: ignored histograms in a range containing both',
    ],
  ])('tells what is missing in it: %s', async (_name, extra, incomplete) => {
    expect((await asked(answer({ ...matrix([[1000, '1']]), ...extra }))).incomplete).toBe(incomplete)
  })

  it('with HTTP 206 is not whole', async () => {
    expect((await asked(answer(matrix([]), 206))).incomplete).toBe('HTTP 206 (partial content)')
  })

  /** Every request as `METHOD path authorization body`. */
  const logged = async (status: (method: string) => number) => {
    const seen: string[] = []
    const url = await listen((request, response) => {
      let body = ''
      request.on('data', (chunk) => (body += chunk))
      request.on('end', () => {
        const { method = '', headers } = request
        seen.push([method, request.url, headers.authorization, headers['x-scope-orgid'], body].join(' ').trim())
        response.writeHead(status(method)).end(JSON.stringify(matrix([])))
      })
    })
    return { url, seen }
  }
  const form = 'query=a+%2B+b&start=1000&end=1020&step=5'

  it('is asked for as a form, below the path of the address, with its query and the headers', async () => {
    const { url, seen } = await logged(() => 200)
    const headers = { authorization: 'Bearer s3cret', 'x-scope-orgid': 'shop' }
    await queryRange({ url: `${url}/prom/`, headers }, 'a + b', span)
    await queryRange({ url: `${url}/plain?dedup=true`, headers: {} }, 'a + b', span)
    expect(seen).toEqual([
      `POST /prom/api/v1/query_range Bearer s3cret shop ${form}`,
      `POST /plain/api/v1/query_range?dedup=true   ${form}`,
    ])
  })

  it.each([405, 501])('is asked for by GET after %d', async (status) => {
    const { url, seen } = await logged((method) => (method === 'POST' ? status : 200))
    await queryRange({ url: `${url}?dedup=true`, headers: {} }, 'a + b', span)
    expect(seen[1]).toBe(`GET /api/v1/query_range?dedup=true&${form}`)
  })
})

describe('what is no answer is one line', () => {
  it.each<[string, RequestListener, string]>([
    ['HTTP 500', answer('oops', 500), 'HTTP 500'],
    ['a refused query', answer({ status: 'error', error: 'parse error: unexpected )' }, 400), 'HTTP 400: parse error'],
    ['success in name only', answer({ status: 'error', error: 'query timed out' }), 'HTTP 200: query timed out'],
    ['HTML', answer('<html>login</html>'), 'the answer is not JSON'],
    ['half of the JSON', answer('{"status":"success","data":{"resultType":"matr'), 'the answer is not JSON'],
    ['no data', answer({ status: 'success' }), 'the answer has not the shape of series'],
    [
      'a vector',
      answer({ status: 'success', data: { resultType: 'vector', result: [] } }),
      'the answer is of type vector, not a matrix',
    ],
    [
      'histograms',
      answer({ status: 'success', data: { resultType: 'matrix', result: [{ metric: {}, histograms: [] }] } }),
      'the answer holds histograms',
    ],
    [
      'two values at one time',
      answer(
        matrix([
          [1000, '1'],
          [1000, '2'],
        ]),
      ),
      'the answer has not the shape of series',
    ],
    [
      'a redirect',
      (_, response) => response.writeHead(302, { location: 'https://login.example.com/?next=x' }).end(),
      'HTTP 302, a redirect to https://login.example.com/, which is not followed',
    ],
    ['values of another shape', answer(matrix([[1000, 7]])), 'the answer has not the shape of series'],
    ['a point without a value', answer(matrix([[1000]])), 'the answer has not the shape of series'],
    ['labels of another shape', answer(matrix([], { pod: 7 })), 'the answer has not the shape of series'],
    [
      'null in place of a series',
      answer({ status: 'success', data: { resultType: 'matrix', result: [null] } }),
      'shape',
    ],
    [
      'too many series',
      answer({ status: 'success', data: { resultType: 'matrix', result: Array(51).fill({ metric: {}, values: [] }) } }),
      '51 series, at most 50 are read',
    ],
    ['a connection that breaks', (request) => request.socket.destroy(), 'other side closed'],
  ])('%s', async (_name, listener, words) => {
    await expect(asked(listener)).rejects.toMatchObject({
      name: 'HoldfastError',
      message: expect.stringContaining(words),
    })
  })

  it('none in time', async () => {
    await expect(asked(() => {}, 100)).rejects.toThrow('no answer in 0.1 s')
  })

  it('nobody there', async () => {
    await expect(queryRange({ url: 'http://127.0.0.1:9', headers: {} }, 'up', span)).rejects.toThrow(
      'Prometheus at http://127.0.0.1:9',
    )
  })

  it('never repeats what is secret', async () => {
    const headers = { authorization: 'Bearer s3cret-token' }
    const url = await listen(answer({ status: 'error', error: 'no such token: s3cret-token' }, 401))
    const error = await queryRange({ url, headers }, 'up', span).catch((cause: unknown) => cause)
    expect(error).toMatchObject({ message: expect.stringMatching(/HTTP 401: no such token: \*\*\*$/) })
  })
})

const planOf = (url: string, queries: Record<string, string>): Plan => ({
  ...demoPlan,
  prometheus: { url, stepMs: 5_000 },
  objectives: Object.entries(queries).map(([id, query]) => ({
    kind: 'gauge',
    id,
    title: id,
    gate: 'required',
    source: '',
    phases: ['steady'],
    targetText: '< 1',
    series: `prometheus:${id}`,
    query,
    aggregate: 'max',
    op: 'lt',
    value: 1,
    unit: 'count',
    minSamples: 5,
  })),
})

/** Answers by the query itself: `good`, `bad` (500), `several` series, `late` clock. */
const byQuery: RequestListener = (request, response) => {
  let body = ''
  request.on('data', (chunk) => (body += chunk))
  request.on('end', () => {
    const form = new URLSearchParams(body)
    const query = form.get('query') ?? ''
    const at = Number(form.get('start'))
    const extra: Record<string, unknown> = {}
    if (query === 'bad') return response.writeHead(500).end()
    if (query === 'late') response.setHeader('date', new Date(Date.now() - 60_000).toUTCString())
    if (query === 'part') extra.warnings = ['store s-2 is away']
    const one = (metric: object) => ({ metric, values: [[at, '4']] })
    const result =
      query === 'none'
        ? []
        : query === 'several'
          ? [one({ pod: 'a', node: 'n' }), one({ pod: 'b' })]
          : query === 'twins'
            ? [one({ __name__: 'x' }), one({ __name__: 'y' })]
            : [one({})]
    response.end(JSON.stringify({ status: 'success', data: { resultType: 'matrix', result }, ...extra }))
  })
}

describe('the record', () => {
  const recorded = async (queries: Record<string, string>) => {
    folder = mkdtempSync(join(tmpdir(), 'holdfast-prometheus-'))
    const warnings = await recordPrometheus(planOf(await listen(byQuery), queries), folder, span, {})
    return { warnings, lines: readLines() }
  }
  const readLines = () =>
    readFileSync(join(folder, 'prometheus.ndjson'), 'utf8')
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as unknown)

  it('gets samples, each under its objective and with its labels as component', async () => {
    const { warnings, lines } = await recorded({ x: 'good', y: 'several' })
    expect(warnings).toEqual([])
    const whole = { failed: null, incomplete: null, notNumbersAtMs: [] }
    expect(lines).toEqual([
      { type: 'answer', series: 'prometheus:x', query: 'good', samples: 1, ...whole },
      { type: 'sample', atMs: 1_000_000, component: 'Prometheus', values: { 'prometheus:x': 4 } },
      { type: 'answer', series: 'prometheus:y', query: 'several', samples: 2, ...whole },
      { type: 'sample', atMs: 1_000_000, component: 'pod=a, node=n', values: { 'prometheus:y': 4 } },
      { type: 'sample', atMs: 1_000_000, component: 'b', values: { 'prometheus:y': 4 } },
    ])
  })

  it.each<[string, RequestListener, string]>([
    [
      'has forgotten',
      answer({ status: 'success', data: { resultType: 'matrix', result: [] } }),
      'knows nothing of that',
    ],
    ['fails', answer('', 503), 'HTTP 503: what was recorded stays'],
  ])('keeps what it has once the server %s', async (_name, listener, words) => {
    const { lines } = await recorded({ x: 'good' })
    server?.closeAllConnections()
    server?.close()
    const plan = planOf(await listen(listener), { x: 'good' })
    expect(await recordPrometheus(plan, folder, span, {})).toEqual([expect.stringContaining(words)])
    expect(readLines()).toEqual(lines)
  })

  it('keeps nothing of another query', async () => {
    await recorded({ x: 'good' })
    server?.closeAllConnections()
    server?.close()
    await recordPrometheus(planOf(await listen(byQuery), { x: 'none' }), folder, span, {})
    expect(readLines()).toEqual([expect.objectContaining({ query: 'none', samples: 0 })])
  })

  it('tells series apart that differ in their name only', async () => {
    const { lines } = await recorded({ x: 'twins' })
    expect(lines.slice(1)).toMatchObject([{ component: 'Prometheus' }, { component: 'Prometheus (2)' }])
  })

  it('says what is missing in an answer', async () => {
    const { warnings, lines } = await recorded({ x: 'part' })
    expect(lines[0]).toMatchObject({ samples: 1, incomplete: 'store s-2 is away' })
    expect(warnings).toEqual(['objective "x": the answer is not whole: store s-2 is away'])
  })

  it('is no answer to another query', () => {
    const plan = planOf('http://127.0.0.1:9', { x: 'up', y: 'down' })
    expect(() => refuseOtherQueries(plan, planOf('http://127.0.0.1:9', { x: 'up', z: 'new' }))).not.toThrow()
    expect(() => refuseOtherQueries(plan, planOf('http://127.0.0.1:9', { x: 'up', y: 'other' }))).toThrow(
      'objective "y": its query is not the one that was asked',
    )
  })

  it('says which queries failed, and keeps the others', async () => {
    const { warnings, lines } = await recorded({ x: 'bad', y: 'good' })
    expect(warnings).toEqual([expect.stringMatching(/^objective "x" has no data: Prometheus at .*: HTTP 500$/)])
    expect(lines).toMatchObject([
      { series: 'prometheus:x', failed: expect.stringMatching(/HTTP 500$/), samples: 0 },
      { series: 'prometheus:y', failed: null, samples: 1 },
      { type: 'sample' },
    ])
  })

  it('of a clock that is not ours is an answer for other seconds, hence none', async () => {
    const { warnings, lines } = await recorded({ x: 'late' })
    const failed = expect.stringMatching(/^the clock of Prometheus differs from this machine's by about -(59|60) s$/)
    expect(lines).toEqual([expect.objectContaining({ failed, samples: 0 })])
    expect(warnings).toEqual([expect.stringContaining('has no data: the clock of Prometheus differs')])
  })
})

describe('before the start', () => {
  const checked = async (queries: Record<string, string>) => checkPrometheus(planOf(await listen(byQuery), queries), {})

  it('a query that is refused ends it, with the name of its objective', async () => {
    await expect(checked({ x: 'good', y: 'bad' })).rejects.toThrow(/^objective "y": Prometheus at .*: HTTP 500$/)
  })

  it('trouble of the server is a warning where the objective does not gate, a refusal never', async () => {
    const advisory = async (listener: RequestListener) => {
      const plan = planOf(await listen(listener), { x: 'up' })
      return checkPrometheus({ ...plan, objectives: plan.objectives.map((one) => ({ ...one, gate: 'advisory' })) }, {})
    }
    expect(await advisory(answer('', 503))).toEqual([
      expect.stringMatching(/^objective "x" \(advisory\) would have no data: .*HTTP 503$/),
    ])
    await new Promise((closed) => server?.close(closed))
    await expect(advisory(answer({ status: 'error', error: 'range vector' }, 400))).rejects.toThrow('HTTP 400')
    await expect(checkPrometheus(planOf('http://127.0.0.1:9', { x: 'up' }), {})).rejects.toThrow('objective "x"')
  })

  it('what is missing in the answers is a warning', async () => {
    expect(await checked({ x: 'part' })).toEqual([
      'objective "x": the answer is not whole, and a good value would be no data: store s-2 is away',
    ])
    expect(await checked({ x: 'late' })).toEqual([expect.stringContaining('the clock of Prometheus differs')])
  })

  it('a query without a value, and no query at all, are warnings', async () => {
    expect(await checked({ x: 'none' })).toEqual(['objective "x": its query has no value now'])
    expect(await checkPrometheus({ ...planOf('http://127.0.0.1:9', {}) }, {})).toEqual([
      '--prometheus: no objective of this run has a query',
    ])
  })
})
