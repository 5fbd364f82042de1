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
  queryRange({ url: await listen(listener), timeoutMs }, 'up', span)

describe('an answer', () => {
  it('gives its numbers at their times; NaN, infinities and gaps are left out', async () => {
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
      },
    ])
  })

  it('may hold no series at all', async () => {
    const empty = { status: 'success', data: { resultType: 'matrix', result: [] } }
    expect((await asked(answer(empty))).series).toEqual([])
  })

  it('is asked for as a form, under the path of the address, with the token', async () => {
    const seen: string[] = []
    const url = await listen((request, response) => {
      let body = ''
      request.on('data', (chunk) => (body += chunk))
      request.on('end', () => {
        seen.push(`${request.method} ${request.url} ${request.headers.authorization} ${body}`)
        response.end(JSON.stringify(matrix([])))
      })
    })
    await queryRange({ url: `${url}/prom/`, token: 's3cret' }, 'a + b', span)
    expect(seen).toEqual(['POST /prom/api/v1/query_range Bearer s3cret query=a+%2B+b&start=1000&end=1020&step=5'])
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
    await expect(queryRange({ url: 'http://127.0.0.1:9' }, 'up', span)).rejects.toThrow(
      'Prometheus at http://127.0.0.1:9',
    )
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
    const query = new URLSearchParams(body).get('query') ?? ''
    if (query === 'bad') return response.writeHead(500).end()
    if (query === 'late') response.setHeader('date', new Date(Date.now() - 60_000).toUTCString())
    const one = (metric: object) => ({ metric, values: [[1000, '4']] })
    const result =
      query === 'none' ? [] : query === 'several' ? [one({ pod: 'a', node: 'n' }), one({ pod: 'b' })] : [one({})]
    const resultType = request.url?.endsWith('query_range') ? 'matrix' : 'vector'
    const vector = result.map(({ metric, values: [value] }) => ({ metric, value }))
    response.end(
      JSON.stringify({ status: 'success', data: { resultType, result: resultType === 'matrix' ? result : vector } }),
    )
  })
}

describe('the record', () => {
  const recorded = async (queries: Record<string, string>) => {
    folder = mkdtempSync(join(tmpdir(), 'holdfast-prometheus-'))
    const warnings = await recordPrometheus(planOf(await listen(byQuery), queries), folder, span, undefined)
    const text = readFileSync(join(folder, 'prometheus.ndjson'), 'utf8')
    return {
      warnings,
      lines: text
        .split('\n')
        .filter(Boolean)
        .map((line) => JSON.parse(line) as unknown),
    }
  }

  it('gets samples, each under its objective and with its labels as component', async () => {
    const { warnings, lines } = await recorded({ x: 'good', y: 'several' })
    expect(warnings).toEqual([])
    expect(lines).toEqual([
      { type: 'sample', atMs: 1_000_000, component: 'Prometheus', values: { 'prometheus:x': 4 } },
      { type: 'sample', atMs: 1_000_000, component: 'pod=a, node=n', values: { 'prometheus:y': 4 } },
      { type: 'sample', atMs: 1_000_000, component: 'b', values: { 'prometheus:y': 4 } },
    ])
  })

  it('is not replaced by nothing, once the server has forgotten', async () => {
    const { lines } = await recorded({ x: 'good' })
    server?.closeAllConnections()
    server?.close()
    const plan = planOf(await listen(byQuery), { x: 'none' })
    expect(await recordPrometheus(plan, folder, span, undefined)).toEqual([
      'Prometheus knows nothing of that time any more: what was recorded stays',
    ])
    expect(JSON.parse(readFileSync(join(folder, 'prometheus.ndjson'), 'utf8'))).toEqual(lines[0])
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
    expect(lines).toHaveLength(1)
  })

  it('warns of a clock that is not ours', async () => {
    expect((await recorded({ x: 'late' })).warnings).toEqual([
      expect.stringMatching(/^the clock of Prometheus differs from this machine's by about -(59|60) s$/),
    ])
  })
})

describe('before the start', () => {
  const checked = async (queries: Record<string, string>) =>
    checkPrometheus(planOf(await listen(byQuery), queries), undefined)

  it('a query that is refused ends it, with the name of its objective', async () => {
    await expect(checked({ x: 'good', y: 'bad' })).rejects.toThrow(/^objective "y": Prometheus at .*: HTTP 500$/)
  })

  it('a query without a value, and no query at all, are warnings', async () => {
    expect(await checked({ x: 'none' })).toEqual(['objective "x": its query has no value now'])
    expect(await checkPrometheus({ ...planOf('http://127.0.0.1:9', {}) }, undefined)).toEqual([
      '--prometheus: no objective of this run has a query',
    ])
  })
})
