// Latency, error ratio and lost writes, measured against a server that logged what it did.
//
// Where the truth of a latency is measured: in the server, from the request's headers to the last byte of the answer; and
// in the client, by the script's own clock, which it tells the server afterwards. The client sees more: its own work, the
// proxy and the loopback, usually less than a millisecond, and whatever else this machine is busy with. Between the two,
// each with 1 % or 2 ms to spare, must lie what the sample path and the judge make of it.
import { beforeAll, describe, expect, test } from 'vitest'
import { readWindows } from '../../run/record.ts'
import { prove } from '../../verdict/binomial.ts'
import { judge } from '../../verdict/judge.ts'
import { readWrites } from '../../verdict/writes.ts'
import { goodRatio, p95Below, resilience } from './planted/objectives.ts'
import { collect, type PlantedResult, runPlanted } from './planted/run.ts'
import { allRequests, countsFromMs, quantile, seenByMs, servedMs, truthOf, waitedOf } from './planted/truth.ts'

/** How often k6 writes what it has counted, as ARCHITECTURE.md says. */
const flushMs = 200

let result: PlantedResult

beforeAll(async () => {
  result = await runPlanted({
    name: 'numbers',
    scenarios: ['skewed', 'two-modes', 'failing', 'writes'],
    warmUpMs: 1000,
    steadyMs: 11_000,
    plants: {
      // p95 = 100 ms x e^(1.645 x 0.8) = 373 ms; 2.4 % take longer than 485 ms, 10.3 % longer than 275 ms.
      '/skewed': { latency: { kind: 'lognormal', medianMs: 100, sigma: 0.8 } },
      // The 95th percentile lies inside the slow mode, far from the mean.
      '/two-modes': { latency: { kind: 'twoModes', fastMs: 5, slowMs: 250, slowEvery: 10 } },
      '/failing': { latency: { kind: 'fixed', ms: 5 }, failEvery: 9 },
      '/writes': { latency: { kind: 'fixed', ms: 5 }, forgetEvery: 23, duplicateEvery: 31, denyEvery: 17 },
    },
    objectives: [
      p95Below('GET /skewed', 485, { id: 'holds' }),
      p95Below('GET /skewed', 485, { id: 'holds, by k6', metric: 'http_req_duration' }),
      p95Below('GET /skewed', 275, { id: 'slow breach' }),
      p95Below('GET /two-modes', 100, { id: 'two modes' }),
      goodRatio('GET /failing', { id: 'error breach' }),
      goodRatio('POST /writes', { id: 'writes' }),
      resilience('lostWrites', 0, 'count'),
      resilience('duplicates', 0, 'count'),
    ],
  })
})

const objective = (id: string) => {
  const found = result.verdict.objectives.find((candidate) => candidate.id === id)
  if (!found) throw new Error(`no objective "${id}"`)
  return found
}

/** What the server logged of a path for the seconds that count, and of the whole run. */
const truth = (path: string) => {
  const all = truthOf(result.recordDir, path)
  return { all, steady: all.filter(({ sentMs }) => sentMs >= countsFromMs(result.verdict)) }
}

const expectP95 = (id: string, path: string) => {
  const measured = objective(id).measured.value ?? Number.NaN
  const { steady } = truth(path)
  const waited = waitedOf(result.recordDir, path)
  const served = quantile(steady.map(servedMs), 0.95)
  const seen = quantile(
    steady.map(({ n }) => waited.get(n) ?? Number.NaN),
    0.95,
  )
  const words = `measured ${measured} ms; the server took ${served} ms, the client waited ${seen} ms`
  expect(measured, words).toBeGreaterThanOrEqual(served - tolerance(served))
  expect(measured, words).toBeLessThanOrEqual(seen + tolerance(seen))
}

const tolerance = (ms: number) => Math.max(2, ms * 0.01)

describe('latency', () => {
  test.each(['holds', 'holds, by k6', 'slow breach'])('p95 of a skewed distribution: %s', (id) => {
    expectP95(id, '/skewed')
  })

  test('p95 inside the slow one of two modes, not between them', () => {
    expectP95('two modes', '/two-modes')
  })

  test('the share of slow requests is exact', () => {
    const { all } = truth('/two-modes')
    const { phases } = objective('two modes')
    const waited = waitedOf(result.recordDir, '/two-modes')
    expect(waited.size).toBe(all.length)
    expect(sum(phases, 'n')).toBe(all.length)
    // On an idle machine both are the planted ones: nothing is near 100 ms. A request that was held up until there may be
    // on either side of it: the client's own clock begins before k6's and ends after it.
    expect(sum(phases, 'bad')).toBeGreaterThanOrEqual(all.filter((line) => servedMs(line) >= 100).length)
    expect(sum(phases, 'bad')).toBeLessThanOrEqual(all.filter(({ n }) => (waited.get(n) ?? Number.NaN) >= 100).length)
  })
})

test('the error ratio is exact', () => {
  const { all } = truth('/failing')
  const { phases } = objective('error breach')
  const failed = all.filter(({ status }) => status !== 200)
  expect(failed.length).toBeGreaterThan(60)
  expect(sum(phases, 'n')).toBe(all.length)
  expect(sum(phases, 'bad')).toBe(failed.length)
})

describe('writes', () => {
  const writes = () => truth('/writes').all
  const audit = () => {
    const found = result.events.find((event) => event.type === 'audit.done')
    if (!found) throw new Error('no audit was done')
    return found
  }

  test('the lost ones are exactly those that the server acknowledged and forgot', () => {
    const lost = writes().filter(({ status, stored }) => status === 200 && stored === 0)
    expect(lost.length).toBeGreaterThan(20)
    expect(audit().lost.toSorted()).toEqual(lost.map(({ id }) => id).toSorted())
    expect(audit().checked).toBe(writes().filter(({ status }) => status === 200).length)
  })

  test('what was forgotten without an acknowledgement is not lost', () => {
    const denied = writes().filter(({ status, stored }) => status === 500 && stored === 0)
    expect(denied.length).toBeGreaterThan(0)
    for (const { id } of denied) expect(audit().lost).not.toContain(id)
  })

  test('duplicates are exact', () => {
    const twice = writes().filter(({ stored }) => stored === 2)
    expect(twice.length).toBeGreaterThan(10)
    expect(audit().duplicates).toBe(twice.length)
  })

  test('the oldest and the newest lost write are dated to the flush', async () => {
    const flushes = (await collect(readWindows(result.recordDir))).filter((line) => line.type === 'acks')
    const requests = allRequests(writes())
    const lost = writes()
      .filter(({ status, stored }) => status === 200 && stored === 0)
      .map((write) => {
        const flush = flushes.find(({ ranges }) => ranges.some(([from, to]) => write.n >= from && write.n <= to))
        return { write, fromMs: (flush?.fromUs ?? Number.NaN) / 1000, toMs: (flush?.toUs ?? Number.NaN) / 1000 }
      })
    // Acknowledged is what the client has seen: after the server had it, and as a rule before the client went on.
    for (const { write, fromMs, toMs } of lost) {
      expect(toMs).toBeGreaterThanOrEqual(write.arrivedUs / 1000)
      const seenMs = seenByMs(requests, write.n, write.answeredUs)
      expect(fromMs).toBeLessThanOrEqual(Math.max(seenMs, write.answeredUs / 1000 + flushMs))
    }
    const dated = readWrites(audit(), flushes, result.plan.runId)?.spans.filter((span) => span.lost > 0) ?? []
    expect(dated[0]?.fromMs).toBe(Math.min(...lost.map(({ fromMs }) => fromMs)))
    expect(dated.at(-1)?.toMs).toBe(Math.max(...lost.map(({ toMs }) => toMs)))
    // A flush may be late on a busy machine; most are not.
    const widths = lost.map(({ fromMs, toMs }) => toMs - fromMs)
    expect(quantile(widths, 0.5)).toBeLessThanOrEqual(flushMs)
  })

  test('losses and duplicates fail', () => {
    expect(objective('lostWrites').outcome).toBe('fail')
    expect(objective('duplicates').outcome).toBe('fail')
  })
})

describe('verdicts', () => {
  test.for(['holds', 'holds, by k6'])('half the allowance: %s', (id, { skip }) => {
    const { steady } = truth('/skewed')
    const waited = waitedOf(result.recordDir, '/skewed')
    const slow = steady.filter(({ n }) => (waited.get(n) ?? Number.NaN) >= 485).length
    const words = `the machine held up requests until ${slow} of ${steady.length} took 485 ms: too many to prove half of them`
    skip(prove(slow, steady.length, 0.05) !== 'proven-pass', words)
    expect(objective(id)).toMatchObject({ outcome: 'pass', reasonCode: 'no-breach-seen' })
  })

  test.each(['slow breach', 'two modes', 'error breach'])('twice the allowance fails: %s', (id) => {
    expect(objective(id)).toMatchObject({ outcome: 'fail', proven: true })
  })

  test('the run fails, and its exit code says so', () => {
    expect(result.verdict).toMatchObject({ result: 'fail', exitCode: 1 })
  })

  test('twice the allowance never passes, however much of the record there is', async () => {
    for (let seconds = 1; seconds <= 12; seconds++) {
      const lines = await collect(readWindows(result.recordDir))
      const untilS = Math.floor(result.verdict.startedAtMs / 1000) + seconds
      const cut = lines.filter((line) => !('s' in line) || line.s < untilS)
      const { verdict } = await judge({ plan: result.plan, events: result.events, lines: cut })
      for (const id of ['two modes', 'error breach']) {
        const { outcome } = verdict.objectives.find((candidate) => candidate.id === id) ?? {}
        expect(['fail', 'inconclusive', 'no-data'], `${id} after ${seconds} s`).toContain(outcome)
      }
      expect(verdict.result).not.toBe('pass')
    }
  })
})

const sum = (phases: { n: number; bad: number }[], key: 'n' | 'bad') =>
  phases.reduce((total, phase) => total + phase[key], 0)
