import { existsSync, mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { bucketOf } from '../model/histogram.ts'
import type { RecordLine, ThresholdCount, WindowLine } from '../model/window.ts'
import { LineFile } from './line-file.ts'
import { recordFiles } from './record.ts'
import { unseal } from './seal.ts'
import { mergeWindow, WindowWriter } from './window-writer.ts'

let dir: string
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'holdfast-windows-'))
})
afterEach(() => rmSync(dir, { recursive: true }))

/** What the file holds, without its seals and its closing line. */
const written = (): RecordLine[] =>
  readFileSync(join(dir, recordFiles.windows), 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => {
      const { seq: _, crc: __, ...rest } = JSON.parse(line)
      return rest
    })
    .filter(({ type }) => type !== 'closed')

const thresholdUs = 500_000

interface Sample {
  tookUs: number
  offsetUs: number
}

/** What the extension writes for these samples of one series and second. */
const windowOf = (samples: Sample[], more: Partial<WindowLine> = {}): WindowLine => {
  const over = samples.filter(({ tookUs }) => tookUs >= thresholdUs).map(({ offsetUs }) => offsetUs)
  const under = samples.filter(({ tookUs }) => tookUs < thresholdUs).map(({ offsetUs }) => offsetUs)
  const edge = (pick: (...values: number[]) => number, offsets: number[]) =>
    offsets.length === 0 ? -1 : pick(...offsets)
  const buckets = Map.groupBy(samples, ({ tookUs }) => bucketOf(tookUs))
  const count: ThresholdCount = [
    thresholdUs,
    over.length,
    edge(Math.min, over),
    edge(Math.max, over),
    edge(Math.min, under),
    edge(Math.max, under),
  ]
  return {
    type: 'window',
    s: 100,
    metric: 'holdfast_request',
    kind: 'time',
    scenario: 'a',
    name: 'GET /',
    status: '2xx',
    ok: true,
    n: samples.length,
    sum: samples.reduce((sum, { tookUs }) => sum + tookUs, 0),
    min: Math.min(...samples.map(({ tookUs }) => tookUs)),
    max: Math.max(...samples.map(({ tookUs }) => tookUs)),
    firstUs: Math.min(...samples.map(({ offsetUs }) => offsetUs)),
    lastUs: Math.max(...samples.map(({ offsetUs }) => offsetUs)),
    over: [count],
    hist: [...buckets].sort(([a], [b]) => a - b).flatMap(([bucket, inIt]) => [bucket, inIt.length]),
    ...more,
  }
}

const sample = fc.record({
  tookUs: fc.integer({ min: 0, max: 10_000_000 }),
  offsetUs: fc.integer({ min: 0, max: 999_999 }),
})

test('merged increments are what one window of all samples would be', () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(sample, { minLength: 1, maxLength: 20 }), { minLength: 1, maxLength: 6 }),
      (parts) => {
        const [first, ...rest] = parts.map((part) => windowOf(part))
        for (const line of rest) mergeWindow(first as WindowLine, line)
        expect(first).toEqual(windowOf(parts.flat()))
      },
    ),
  )
})

test('a gauge keeps its newest value', () => {
  const gauge = (value: number) => windowOf([{ tookUs: value, offsetUs: 0 }], { kind: 'gauge', n: 1, sum: value })
  const into = gauge(7)
  mergeWindow(into, gauge(3))
  expect(into).toMatchObject({ n: 1, sum: 3, min: 3, max: 7 })
})

test.skipIf(!existsSync('/dev/full'))('a full disk is told once, and nothing throws afterwards', () => {
  // Writing to it always says that the disk is full.
  const writer = new WindowWriter(dir, new LineFile(openSync('/dev/full', 'a')))
  const told: string[] = []
  writer.onFull = (error) => told.push(error.message)
  for (let s = 0; s < 3; s++) {
    writer.add(windowOf([{ tookUs: 1, offsetUs: 0 }], { s }))
    writer.flush((s + 10) * 1000)
    writer.add({ type: 'end', atUs: 1 })
  }
  writer.close()
  expect(told).toEqual([expect.stringMatching(/ENOSPC/)])
})

test('increments of a young second are one line; a late one is a line of its own, with nothing counted twice', () => {
  const writer = new WindowWriter(dir)
  const one = () => windowOf([{ tookUs: 5, offsetUs: 5 }])
  writer.add(one())
  writer.add(one())
  writer.flush(102_999)
  expect(written()).toEqual([])
  writer.add(one())
  writer.flush(104_000)
  expect(written()).toMatchObject([{ n: 3 }])
  writer.add(one())
  writer.close()
  expect(written()).toMatchObject([
    { s: 100, n: 3 },
    { s: 100, n: 1 },
  ])
})

test.each<Partial<WindowLine>>([
  { metric: 'm' },
  { scenario: 's' },
  { name: 'n' },
  { status: '5xx' },
  { ok: false },
  { s: 101 },
])('another series stays apart: %j', (other) => {
  const writer = new WindowWriter(dir)
  writer.add(windowOf([{ tookUs: 5, offsetUs: 5 }]))
  writer.add(windowOf([{ tookUs: 5, offsetUs: 5 }], other))
  writer.close()
  expect(written()).toMatchObject([{ n: 1 }, { n: 1, ...other }])
})

test('load lines add up per scenario; all other lines are written at once', () => {
  const writer = new WindowWriter(dir)
  const load = (scenario: string, started: number) =>
    ({ type: 'load', s: 100, scenario, sli: '', started, completed: 1, dropped: 2 }) as const
  writer.add(load('a', 3))
  writer.add(load('b', 1))
  writer.add(load('a', 4))
  writer.add({ type: 'overflow', maxSeries: 1_000 })
  expect(written()).toEqual([{ type: 'overflow', maxSeries: 1_000 }])
  writer.settle()
  expect(written().slice(1)).toEqual([{ ...load('a', 7), completed: 2, dropped: 4 }, load('b', 1)])
  writer.close()
})

test('lines are numbered and sealed, and the last one tells how many there are', () => {
  const writer = new WindowWriter(dir)
  for (const maxSeries of [1, 2]) writer.add({ type: 'overflow', maxSeries })
  writer.close()
  const raw = readFileSync(join(dir, recordFiles.windows), 'utf8').trim().split('\n')
  expect(raw.map((line) => unseal(line))).toEqual([
    { seq: 1, json: '{"type":"overflow","maxSeries":1}' },
    { seq: 2, json: '{"type":"overflow","maxSeries":2}' },
    { seq: 3, json: '{"type":"closed","lines":2}' },
  ])
})
