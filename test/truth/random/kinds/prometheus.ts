import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { GaugeObjective } from '../../../../model/objective.ts'
import { prometheusSeries } from '../../../../model/prometheus.ts'
import { recordPrometheus } from '../../../../run/prometheus.ts'
import { readEvents, readWindows } from '../../../../run/record.ts'
import type { MadeRecord } from '../../../fixtures/record.ts'
import { writeRecord } from '../../../fixtures/write-record.ts'
import { collect } from '../../planted/run.ts'
import type { MadeKind } from '../plant.ts'
import { sound, troubled } from '../plant.ts'
import { depthBelow } from '../queue-depth.ts'
import { drawScene, enough, withMore } from '../scene.ts'

const stepMs = 2000

const depth: GaugeObjective = { ...depthBelow(100), series: prometheusSeries('depth'), query: 'queue_depth' }

type Point = [number, string]
interface Answer {
  series: { metric: Record<string, string>; values: Point[] }[]
  more?: object
  status?: number
}

/** What a server makes of the right answer; the place of a trouble is a share of the run. */
const troubles: Record<string, (answer: Answer, at: number) => Answer | string> = {
  'a warning': (answer) => ({ ...answer, more: { warnings: ['store 2 did not answer'] } }),
  'a partial answer': (answer) => ({ ...answer, status: 206 }),
  'an error': () => ({ series: [], status: 503, more: { status: 'error', error: 'too busy' } }),
  'no JSON': () => '<html>Sign in</html>',
  'an empty answer': (answer) => ({ ...answer, series: [] }),
  'points missing': ({ series }, at) => ({
    series: series.map((one) => ({ ...one, values: one.values.filter((_, i) => !isIn(i / one.values.length, at)) })),
  }),
  'no numbers': ({ series }, at) => ({
    series: series.map((one) => ({
      ...one,
      values: one.values.map(([s, value], i): Point => [s, isIn(i / one.values.length, at) ? 'NaN' : value]),
    })),
  }),
  'a bad value': ({ series }, at) => ({
    series: series.map((one, k) => ({
      ...one,
      values: one.values.map(([s, value], i): Point => [s, k === 0 && isIn(i / one.values.length, at) ? '900' : value]),
    })),
  }),
  'a series that ends': ({ series }) => ({
    series: series.map((one, k) => (k === 0 ? { ...one, values: one.values.slice(0, one.values.length / 2) } : one)),
  }),
}

/** A fifth of the run. */
const isIn = (share: number, at: number): boolean => share >= at && share < at + 0.2

/** Prometheus answers with a part missing, with something else, or not at all. */
export const prometheus: MadeKind = {
  title: 'answers of Prometheus that are not whole',
  draw: (draw) => {
    const scene = drawScene(draw, { perSecond: [10, 60], steadyS: [40, 60], recoveryS: [40, 60], faults: [0, 1] })
    const spec = withMore(scene.spec, { objectives: [...scene.spec.objectives, depth] })
    const what = draw.pick(Object.keys(troubles))
    const server = { what, at: draw.number(0.2, 0.35), components: draw.whole(1, 3), isGetOnly: draw.chance(0.3) }
    const words = `${server.components} series${server.isGetOnly ? ', GET only' : ''}; ${scene.words}`
    const truth = sound(enough(scene) ? { must: 'pass' } : {})
    return {
      trouble: { words: `${what}, ${words}`, spec, change: (record) => asked(record, server), truth: troubled() },
      healthy: { words, spec, change: (record) => asked(record, { ...server, what: null }), truth },
    }
  },
}

interface Planted {
  what: string | null
  at: number
  components: number
  isGetOnly: boolean
}

/** Asks a server by the code of every run, and gives the record with what came of it. */
const asked = async ({ plan, events, lines }: MadeRecord, planted: Planted) => {
  const dir = mkdtempSync(join(tmpdir(), 'holdfast-prometheus-'))
  const server = createServer((request, response) => {
    if (planted.isGetOnly && request.method !== 'GET') return void response.writeHead(405).end()
    let body = ''
    request.on('data', (text) => {
      body += text
    })
    request.on('end', () => answer(planted, body || (request.url ?? '').split('?')[1] || '', response))
  })
  try {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    plan.prometheus = { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, stepMs }
    writeRecord(dir, plan, { events, lines })
    const fromMs = events.find(({ type }) => type === 'load.started')?.atMs ?? 0
    await recordPrometheus(plan, dir, { fromMs, toMs: fromMs + plan.phases.recovery.endMs }, {})
    return { events: await collect(readEvents(dir)), lines: await collect(readWindows(dir)) }
  } finally {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
    rmSync(dir, { recursive: true, force: true })
  }
}

const answer = ({ what, at, components }: Planted, form: string, response: ServerResponse): void => {
  const asks = new URLSearchParams(form)
  const [start, end, step] = ['start', 'end', 'step'].map((name) => Number(asks.get(name))) as [number, number, number]
  const count = Math.floor((end - start) / step) + 1
  const whole: Answer = {
    series: Array.from({ length: components }, (_, k) => ({
      metric: { __name__: 'queue_depth', pod: `queue-${k}` },
      values: Array.from({ length: count }, (__, i): Point => [start + i * step, String(10 + (i % 7))]),
    })),
  }
  const given = what === null ? whole : (troubles[what]?.(whole, at) ?? whole)
  if (typeof given === 'string') return void response.end(given)
  const data = { resultType: 'matrix', result: given.series }
  response.writeHead(given.status ?? 200, { 'content-type': 'application/json' })
  response.end(JSON.stringify({ status: 'success', data, ...given.more }))
}
