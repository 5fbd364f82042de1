// Faults that our own drivers inject, seen by the server that they hit: every request carries the time at which it was
// sent, so the server's log tells which ones came late, and the missing numbers which ones never came.
import { beforeAll, describe, expect, test } from 'vitest'
import type { Target, Toxic } from '../../model/fault.ts'
import { p95Below, resilience } from './planted/objectives.ts'
import { type PlantedResult, type PlantedRun, runPlanted } from './planted/run.ts'
import { allRequests, besideOutage, isBad, longestOutage, truthOf } from './planted/truth.ts'

const edgeMs = 300
const thresholdMs = 250
/** From one injection to the next: hold, recovery, and time in which it must hold. */
const everyMs = 6000
const firstMs = 4000
const holdMs = 2500
const recoveryMs = 3000

const server: Target = { kind: 'component', instances: ['server'] }
const link: Target = { kind: 'link', proxies: ['client-server'] }
const proxy = (toxics: Toxic[]) => [{ driver: 'proxy' as const, proxy: 'client-server', toxics }]
const cut = (stream: Toxic['stream']): Toxic => ({
  name: `cut-${stream}`,
  type: 'bandwidth',
  stream,
  attributes: { rate: 0 },
})
// On the way to the server, so that the server's log shows it.
const delay: Toxic = { name: 'delay', type: 'latency', stream: 'upstream', attributes: { latency: 600, jitter: 0 } }

type Faults = NonNullable<PlantedRun['faults']>

const gameDay = (name: string, faults: [Faults[number], Faults[number]]): Promise<PlantedResult> =>
  runPlanted({
    name,
    scenarios: ['healthy'],
    plants: { '/healthy': { latency: { kind: 'fixed', ms: 5 } } },
    warmUpMs: 1000,
    steadyMs: firstMs - 1000,
    faults,
    recovery: { ms: everyMs - holdMs, stableForMs: 2000 },
    objectives: [
      p95Below('GET /healthy', thresholdMs, { id: 'sli' }),
      resilience('recoveryTime', recoveryMs, 's', ['sli']),
    ],
  })

let onProcess: PlantedResult
let onLink: PlantedResult

beforeAll(async () => {
  const second = firstMs + everyMs
  const results = await Promise.all([
    gameDay('process-faults', [
      {
        kind: 'freeze',
        oneShot: false,
        target: server,
        atMs: firstMs,
        holdMs,
        injections: [{ driver: 'process', action: 'freeze', instance: 'server' }],
      },
      {
        kind: 'kill',
        oneShot: true,
        target: server,
        atMs: second,
        holdMs: null,
        injections: [{ driver: 'process', action: 'kill', instance: 'server' }],
      },
    ]),
    gameDay('link-faults', [
      { kind: 'latency', oneShot: false, target: link, atMs: firstMs, holdMs, injections: proxy([delay]) },
      {
        kind: 'partition',
        oneShot: false,
        target: link,
        atMs: second,
        holdMs,
        injections: proxy([cut('upstream'), cut('downstream')]),
      },
    ]),
  ])
  ;[onProcess, onLink] = results
})

/** What the judge says of a fault, and what the server's log says of the time from its injection to the next. */
const look = (kind: string) => {
  const result = [onProcess, onLink].find(({ plan }) => plan.faults.some((fault) => fault.kind === kind))
  const at = result?.plan.faults.findIndex((fault) => fault.kind === kind) ?? -1
  const fault = result?.verdict.faults[at]
  const sli = fault?.perSli[0]
  if (!result || !fault || !sli) throw new Error(`no result for ${kind}`)
  const calls = result.events.filter((event) => event.type === 'fault.injected').map((event) => event.calledAtMs)
  const [calledAtMs = Number.NaN, toMs = Number.POSITIVE_INFINITY] = calls.slice(at)
  const requests = allRequests(truthOf(result.recordDir, '/healthy'))
  const truth = longestOutage(requests, isBad(thresholdMs), { fromMs: calledAtMs - 1000, toMs })
  // An outage of the machine's own that goes over into that of the fault: when that began, nobody can tell.
  const before = `requests were held up ${Math.round(calledAtMs - truth.firstMs)} ms before the fault`
  const noise =
    truth.firstMs < calledAtMs - edgeMs
      ? before
      : besideOutage(requests, thresholdMs, truth, { fromMs: calledAtMs, toMs, edgeMs })
  return { fault, sli, truth, noise, requests }
}

const kinds = ['freeze', 'kill', 'latency', 'partition']

describe.each(kinds)('%s', (kind) => {
  test('is confirmed active and gone', () => {
    expect(look(kind).fault).toMatchObject({ confirmedActive: true, confirmedRemoved: true })
  })

  test('users fare well again in time', ({ skip }) => {
    const { fault, truth, noise } = look(kind)
    // Its own outage ends in time, whatever the machine did afterwards.
    expect(truth.lastMs - (fault.removedAtMs ?? fault.activeAtMs ?? Number.NaN)).toBeLessThan(recoveryMs)
    skip(noise !== undefined, noise)
    expect(fault.outcome).toBe('pass')
  })

  test('the impact begins when the server says', ({ skip }) => {
    const { sli, truth, noise } = look(kind)
    skip(noise !== undefined, noise)
    expect(Math.abs((sli.impactAtMs ?? 0) - truth.firstMs)).toBeLessThanOrEqual(edgeMs)
  })

  test('users fare well again when the server says', ({ skip }) => {
    const { sli, truth, noise } = look(kind)
    skip(noise !== undefined, noise)
    expect(sli.state).toBe('recovered')
    expect(Math.abs((sli.recoveredAtMs ?? 0) - truth.lastMs)).toBeLessThanOrEqual(edgeMs)
  })

  test('recovery time', ({ skip }) => {
    const { sli, fault, truth, noise } = look(kind)
    skip(noise !== undefined, noise)
    const trueMs = truth.lastMs - (fault.oneShot ? truth.firstMs : (fault.removedAtMs ?? 0))
    expect(Math.abs((sli.recoveryMs ?? 0) - Math.max(0, trueMs))).toBeLessThanOrEqual(edgeMs)
  })
})

test('freeze: the edges of the fault are those of the silence in the log', ({ skip }) => {
  const { fault, requests, noise } = look('freeze')
  skip(noise !== undefined, noise)
  const answers = requests.flatMap(({ answer }) => (answer ? [answer.answeredUs / 1000] : [])).toSorted((a, b) => a - b)
  const before = answers.findLast((atMs) => atMs <= (fault.activeAtMs ?? 0) + edgeMs) ?? Number.NaN
  const after = answers.find((atMs) => atMs > before) ?? Number.NaN
  expect(after - before).toBeGreaterThan(holdMs - edgeMs)
  expect(Math.abs((fault.activeAtMs ?? 0) - before)).toBeLessThanOrEqual(edgeMs)
  expect(Math.abs((fault.removedAtMs ?? 0) - after)).toBeLessThanOrEqual(edgeMs)
})
