import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { objectiveOf } from '../../plan/objectives.ts'
import { fromPrometheus } from '../../plan/prometheus.ts'
import { recordPrometheus } from '../../run/prometheus.ts'
import { createRecord, readWindows } from '../../run/record.ts'
import { judge } from '../../verdict/judge.ts'
import { defaultStartMs, latencyObjective, makeRecord } from '../fixtures/record.ts'

type Values = [seconds: number, value: string][]
type Series = { metric: Record<string, string>; values: Values }
type Answer = { status?: number; series?: Series[]; type?: string; extra?: object; isCut?: boolean }

const of = (values: Values, pod = 'w-1'): Series => ({ metric: { pod }, values })
const at = (good: Values, value: string, ...indexes: number[]): Values =>
  good.map(([seconds], i) => [seconds, indexes.includes(i) ? value : '5'])
const fives = (good: Values, value: string): Values => good.map(([seconds]) => [seconds, value])

/** What a server may answer where every value is good (5, below the bound of 100), and what then follows. */
const cases: Record<string, { answer: (good: Values) => Answer; outcome: string; reason?: RegExp }> = {
  good: { answer: (good) => ({ series: [of(good)] }), outcome: 'pass' },
  reversed: { answer: (good) => ({ series: [of(good.toReversed())] }), outcome: 'pass' },
  hint: { answer: (good) => ({ series: [of(good)], extra: { infos: ['PromQL info: x'] } }), outcome: 'pass' },
  spike: { answer: (good) => ({ series: [of(at(good, '500', 6))] }), outcome: 'fail' },
  spikeInPart: {
    answer: (good) => ({ series: [of(at(good, '500', 6))], extra: { warnings: ['a store is away'] } }),
    outcome: 'fail',
  },
  sameName: {
    answer: (good) => ({
      series: [
        { metric: { __name__: 'a' }, values: good },
        { metric: { __name__: 'b' }, values: fives(good, '500') },
      ],
    }),
    outcome: 'fail',
  },
  warned: {
    answer: (good) => ({ series: [of(good)], extra: { warnings: ['a store is away'] } }),
    outcome: 'no-data',
    reason: /not whole: a store is away/,
  },
  marked: { answer: (good) => ({ series: [of(good)], extra: { isPartial: true } }), outcome: 'no-data' },
  oneNaN: { answer: (good) => ({ series: [of(at(good, 'NaN', 3))] }), outcome: 'no-data', reason: /no number/ },
  infinite: { answer: (good) => ({ series: [of(at(good, '+Inf', 6))] }), outcome: 'no-data' },
  halfNaN: { answer: (good) => ({ series: [of(at(good, 'NaN', 1, 3, 5, 7, 9, 11))] }), outcome: 'no-data' },
  hexadecimal: { answer: (good) => ({ series: [of(fives(good, '0x1'))] }), outcome: 'no-data' },
  blank: { answer: (good) => ({ series: [of(fives(good, ' '))] }), outcome: 'no-data' },
  ends: { answer: (good) => ({ series: [of(good.slice(0, 6))] }), outcome: 'no-data', reason: /points are missing/ },
  late: { answer: (good) => ({ series: [of(good.slice(6))] }), outcome: 'no-data' },
  oneEnds: {
    answer: (good) => ({ series: [of(good), of(good.slice(0, 4), 'w-2')] }),
    outcome: 'no-data',
    reason: /lack some of the 2 series/,
  },
  hourAgo: {
    answer: (good) => ({ series: [of(good.map(([seconds, value]) => [seconds - 3600, value]))] }),
    outcome: 'no-data',
  },
  nothing: { answer: () => ({ series: [] }), outcome: 'no-data' },
  failing: { answer: () => ({ status: 500 }), outcome: 'no-data', reason: /HTTP 500/ },
  vector: { answer: () => ({ type: 'vector', series: [] }), outcome: 'no-data', reason: /of type vector/ },
  cut: { answer: (good) => ({ series: [of(good)], isCut: true }), outcome: 'no-data' },
}

let folder = ''
const reply = (request: IncomingMessage, response: ServerResponse): void => {
  let body = ''
  request.on('data', (chunk) => (body += chunk))
  request.on('end', () => {
    const form = new URLSearchParams(body)
    const [start, end, step] = ['start', 'end', 'step'].map((name) => Number(form.get(name))) as [
      number,
      number,
      number,
    ]
    const good = Array.from({ length: Math.floor((end - start) / step) + 1 }, (_, i): [number, string] => [
      start + i * step,
      '5',
    ])
    const answer = cases[form.get('query') ?? '']?.answer(good) ?? { status: 400 }
    const data = { resultType: answer.type ?? 'matrix', result: answer.series }
    const text = JSON.stringify({ status: 'success', data, ...answer.extra })
    response.writeHead(answer.status ?? 200, { 'content-length': text.length })
    if (answer.isCut) response.write(text.slice(0, text.length / 2), () => response.destroy())
    else response.end(text)
  })
}
const server = createServer(reply)

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-answers-'))
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
})

afterAll(async () => {
  rmSync(folder, { recursive: true, force: true })
  await new Promise((closed) => server.close(closed))
})

it.each(Object.entries(cases))('an answer that is %s', async (query, { outcome, reason = /./ }) => {
  const queried = objectiveOf({
    ...{ name: 'queried', title: 'queried', measure: 'gauge', query, unit: 'count' },
    ...{ aggregate: 'max', op: 'lt', value: 100 },
  })
  const { plan, events, lines } = makeRecord({
    ...{ warmUpS: 0, steadyS: 60, streams: [{ perSecond: 50 }] },
    objectives: [latencyObjective(), ...fromPrometheus([queried])],
  })
  const { port } = server.address() as AddressInfo
  const planned = { ...plan, prometheus: { url: `http://127.0.0.1:${port}`, stepMs: 5_000 } }
  const recordDir = join(folder, query)
  createRecord(recordDir, planned)
  writeFileSync(join(recordDir, 'windows.ndjson'), [...lines()].map((line) => `${JSON.stringify(line)}\n`).join(''))
  const span = { fromMs: defaultStartMs, toMs: defaultStartMs + 60_000 }
  await recordPrometheus(planned, recordDir, span, {})
  const { verdict } = await judge({ plan: planned, events, lines: readWindows(recordDir) })
  expect(verdict.objectives[1]).toMatchObject({ outcome, reason: expect.stringMatching(reason) })
  expect(verdict.result).toBe(outcome === 'no-data' ? 'inconclusive' : outcome)
})
