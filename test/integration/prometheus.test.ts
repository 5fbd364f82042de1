import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { lookUntil } from '../../chaos/drivers/wait.ts'
import { objectiveOf } from '../../plan/objectives.ts'
import { fromPrometheus } from '../../plan/prometheus.ts'
import { reservePorts } from '../../run/ports.ts'
import { checkPrometheus, recordPrometheus } from '../../run/prometheus.ts'
import { queryRange } from '../../run/prometheus-api.ts'
import { createRecord, readWindows } from '../../run/record.ts'
import { judge } from '../../verdict/judge.ts'
import { latencyObjective, makeRecord } from '../fixtures/record.ts'

const isInstalled = (() => {
  try {
    execFileSync('prometheus', ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
})()
const why = isInstalled ? '' : ' (skipped: there is no program `prometheus`; Debian has it: apt-get install prometheus)'

/** A Prometheus that scrapes itself once a second: its own figures are the planted truth. */
describe.skipIf(!isInstalled)(`a real Prometheus${why}`, () => {
  let folder = ''
  let child: ChildProcess | undefined
  let server = { url: '', headers: {} }
  const wantedScrapes = 6

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'holdfast-prometheus-'))
    const address = `127.0.0.1:${(await reservePorts(1))('prometheus')}`
    server = { url: `http://${address}`, headers: {} }
    const job = `{ job_name: itself, static_configs: [{ targets: ['${address}'] }] }`
    writeFileSync(join(folder, 'config.yml'), `global: { scrape_interval: 1s }\nscrape_configs: [${job}]\n`)
    const options = { 'config.file': join(folder, 'config.yml'), 'storage.tsdb.path': join(folder, 'data') }
    const argv = Object.entries(options).map(([name, value]) => `--${name}=${value}`)
    child = spawn('prometheus', [...argv, `--web.listen-address=${address}`], { stdio: 'ignore' })
    const scraped = await lookUntil(
      async () => {
        const answer = await range('count_over_time(up[1m])', 1).catch(() => null)
        const n = answer?.series[0]?.points.at(-1)?.[1] ?? 0
        return { ok: n >= wantedScrapes, text: `${n} scrapes` }
      },
      { deadlineMs: 60_000, everyMs: 250 },
    )
    if (!scraped.ok) throw new Error(`Prometheus did not scrape itself: ${scraped.text}`)
  })

  afterAll(async () => {
    if (child?.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL')
      await once(child, 'exit')
    }
    rmSync(folder, { recursive: true, force: true })
  })

  const lastMs = () => Math.floor(Date.now() / 1000) * 1000
  const range = (query: string, seconds = 20) => {
    const toMs = lastMs()
    return queryRange(server, query, { fromMs: toMs - seconds * 1000, toMs, stepMs: 1000 })
  }

  it('gives each value at its own second', async () => {
    const { series, skewMs } = await range('time()')
    const [only] = series
    expect(only?.points).toHaveLength(21)
    for (const [atMs, value] of only?.points ?? []) expect(value).toBe(atMs / 1000)
    expect(Math.abs(skewMs ?? Number.NaN)).toBeLessThan(2_000)
  })

  it('tells values that are no number, and has none where there is a gap', async () => {
    for (const query of ['vector(0) / 0', 'vector(1) / 0'])
      expect((await range(query)).series).toEqual([
        { labels: {}, points: [], notNumbersAtMs: expect.arrayContaining([lastMs() - 9_000]) },
      ])
    const { series } = await range('vector(1) and on() (vector(time()) % 10 < 5)')
    const seconds = series.flatMap(({ points }) => points.map(([atMs]) => (atMs / 1000) % 10))
    expect(seconds).toHaveLength(series.length === 0 ? -1 : seconds.filter((second) => second < 5).length)
    expect(seconds.length).toBeGreaterThanOrEqual(10)
    expect(seconds.length).toBeLessThanOrEqual(11)
  })

  it('has nothing for a time before its first scrape', async () => {
    const toMs = lastMs() - 3_600_000
    const { series } = await queryRange(server, 'up', { fromMs: toMs - 20_000, toMs, stepMs: 1000 })
    expect(series).toEqual([])
  })

  it('says what is wrong with a query, also where it is wrong over a span only', async () => {
    await expect(range('sum(')).rejects.toThrow(/HTTP 400: .*parse error/)
    await expect(range('up[1m]')).rejects.toThrow(/HTTP 400: .*range vector/)
  })

  it('decides objectives of a run, from its record alone, offline', async () => {
    const gauge = (name: string, query: string) =>
      objectiveOf({
        name,
        title: name,
        measure: 'gauge',
        aggregate: 'max',
        op: 'lt',
        value: 5e9,
        unit: 'bytes',
        query,
        minSamples: 3,
      })
    const startedAtMs = lastMs() - 4_000
    const { plan, events, lines } = makeRecord({
      startedAtMs,
      warmUpS: 0,
      steadyS: 4,
      streams: [{ perSecond: 50 }],
      objectives: [
        latencyObjective(),
        ...fromPrometheus([
          gauge('memory', 'process_resident_memory_bytes'),
          { ...gauge('tight', 'process_resident_memory_bytes'), value: 1000 } as ReturnType<typeof objectiveOf>,
          gauge('gone', 'process_resident_memory_bytes{job="nobody"}'),
        ]),
      ],
    })
    const planned = { ...plan, prometheus: { url: server.url, stepMs: 1000 } }
    const recordDir = join(folder, 'record')
    createRecord(recordDir, planned)
    writeFileSync(join(recordDir, 'windows.ndjson'), [...lines()].map((line) => `${JSON.stringify(line)}\n`).join(''))
    expect(await checkPrometheus(planned, {})).toEqual(['objective "gone": its query has no value now'])
    expect(await recordPrometheus(planned, recordDir, { fromMs: startedAtMs, toMs: lastMs() }, {})).toEqual([])

    const { verdict } = await judge({ plan: planned, events, lines: readWindows(recordDir) })
    const [, memory, tight, gone] = verdict.objectives
    const residentBytes =
      Number(execFileSync('ps', ['-o', 'rss=', '-p', String(child?.pid)], { encoding: 'utf8' })) * 1024
    expect(memory).toMatchObject({ outcome: 'pass' })
    expect(memory?.measured.value ?? 0).toBeGreaterThan(residentBytes / 3)
    expect(memory?.measured.value ?? 0).toBeLessThan(residentBytes * 3)
    expect(tight).toMatchObject({ outcome: 'fail' })
    expect(gone).toMatchObject({ outcome: 'no-data', reasonCode: 'no-samples' })
  })
})
