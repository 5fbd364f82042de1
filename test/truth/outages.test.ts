// Outages that the server itself plants, by request number; a total hang while it lasts; no data; a healthy run.
// The runs share one stretch of wall-clock time: their edges are compared to 0.3 s, not to milliseconds.
import { beforeAll, describe, expect, test } from 'vitest'
import type { Plan } from '../../model/plan.ts'
import { readWindows } from '../../run/record.ts'
import { prove } from '../../verdict/binomial.ts'
import { judge } from '../../verdict/judge.ts'
import { goodRatio, p95Below, resilience } from './planted/objectives.ts'
import type { Plants } from './planted/plants.ts'
import { collect, type PlantedResult, runPlanted } from './planted/run.ts'
import {
  allRequests,
  besideOutage,
  countsFromMs,
  isBad,
  longestOutage,
  mayBeBad,
  refusals,
  stallAtEnd,
  type TrueRequest,
  truthOf,
} from './planted/truth.ts'

/** As the issue allows; the windows carry the times of the first and the last bad sample. */
const edgeMs = 300
const fast = { kind: 'fixed', ms: 5 } as const
const thresholdMs = 500

const outages: Plants = {
  // 2 s at 50/s; a request that hangs ends 3 s after its start, 1 s after the outage.
  '/hang': { latency: fast, outages: [{ how: 'hang', fromN: 250, toN: 350 }] },
  '/errors': { latency: fast, outages: [{ how: 'errors', fromN: 270, toN: 375 }] },
  '/slow': { latency: fast, outages: [{ how: 'slow', fromN: 260, toN: 410, slowMs: 900 }] },
}
const refusing: Plants = { '/refuse': { latency: fast, outages: [{ how: 'refuse', fromN: 255, ms: 2500 }] } }
const paths = ['/hang', '/errors', '/slow', '/refuse']

let outage: PlantedResult
let hang: PlantedResult
let healthy: PlantedResult
let silent: PlantedResult

beforeAll(async () => {
  const results = await Promise.all([
    runPlanted({
      name: 'outages',
      scenarios: ['hang', 'errors', 'slow', 'refuse'],
      plants: outages,
      refusing,
      warmUpMs: 1000,
      steadyMs: 3500,
      // The outages are the server's own; the no-op fault says when to look for them, and when its time is over.
      faults: [
        {
          kind: 'none',
          oneShot: false,
          target: { kind: 'none' },
          atMs: 4500,
          holdMs: 1500,
          injections: [{ driver: 'none' }],
        },
      ],
      recovery: { ms: 6500, stableForMs: 3000 },
      objectives: [
        ...paths.map((path) => p95Below(`GET ${path}`, thresholdMs, { id: path })),
        ...paths.map((path) => resilience('recoveryTime', 60_000, 's', [path])),
      ],
    }),
    runPlanted({
      name: 'long-hang',
      scenarios: ['long-hang'],
      plants: { '/long-hang': { latency: fast, outages: [{ how: 'hang', fromN: 60, toN: Number.MAX_SAFE_INTEGER }] } },
      warmUpMs: 1000,
      steadyMs: 19_000,
      guards: [{ kind: 'errorRatio', aboveRatio: 0.5, for: '1s' }],
      objectives: [goodRatio('GET /long-hang', { id: 'errors' })],
    }),
    runPlanted({
      name: 'healthy',
      scenarios: ['healthy'],
      plants: { '/healthy': { latency: { kind: 'lognormal', medianMs: 10, sigma: 0.5 } } },
      warmUpMs: 1000,
      steadyMs: 5000,
      objectives: [p95Below('GET /healthy', 500, { id: 'latency' }), goodRatio('GET /healthy', { id: 'errors' })],
    }),
    runPlanted({
      name: 'silent',
      scenarios: ['silent', 'idle'],
      plants: { '/silent': { latency: fast, outages: [{ how: 'hang', fromN: 0, toN: Number.MAX_SAFE_INTEGER }] } },
      warmUpMs: 1000,
      steadyMs: 4000,
      objectives: [
        p95Below('GET /silent', 500, { id: 'silent latency' }),
        goodRatio('GET /silent', { id: 'silent errors' }),
        p95Below('GET /idle', 500, { id: 'idle latency' }),
        goodRatio('GET /idle', { id: 'idle errors' }),
      ],
    }),
  ])
  ;[outage, hang, healthy, silent] = results
})

describe('planted outages', () => {
  const recovery = (path: string) => {
    const found = outage.verdict.faults[0]?.perSli.find((sli) => sli.objective === path)
    if (!found) throw new Error(`no recovery of ${path}`)
    return found
  }
  const all = (path: string) => allRequests(truthOf(outage.recordDir, path, path === '/refuse' ? 'refusing' : 'server'))
  const truth = (path: string) =>
    longestOutage(all(path), isBad(thresholdMs), { fromMs: 0, toMs: Number.POSITIVE_INFINITY })
  /** Nothing before it counts as the fault's. */
  const injectedMs = () => {
    const injected = outage.events.find((event) => event.type === 'fault.injected')
    return injected?.type === 'fault.injected' ? injected.calledAtMs : Number.NaN
  }
  const beside = (path: string) =>
    besideOutage(all(path), thresholdMs, truth(path), { fromMs: injectedMs(), toMs: Number.POSITIVE_INFINITY, edgeMs })

  test.for(paths)('%s: begins and ends when the server says', (path, { skip }) => {
    const { firstMs, lastMs } = truth(path)
    const { state, impactAtMs, recoveredAtMs } = recovery(path)
    const words = beside(path)
    skip(words !== undefined, words)
    expect(state).toBe('recovered')
    expect(Math.abs((impactAtMs ?? 0) - Math.max(firstMs, injectedMs()))).toBeLessThanOrEqual(edgeMs)
    expect(Math.abs((recoveredAtMs ?? 0) - lastMs)).toBeLessThanOrEqual(edgeMs)
  })

  test.for(paths)('%s: recovery time', (path, { skip }) => {
    const trueMs = truth(path).lastMs - (outage.verdict.faults[0]?.removedAtMs ?? Number.NaN)
    const words = beside(path)
    skip(words !== undefined, words)
    // Planned are 1 s and more, but the fault is removed later where the ledger waited for the disk. More than the slack is
    // enough: whoever says 0 is wrong.
    expect(trueMs).toBeGreaterThan(edgeMs)
    expect(Math.abs((recovery(path).recoveryMs ?? 0) - trueMs)).toBeLessThanOrEqual(edgeMs)
  })

  test.each(['/hang', '/errors', '/slow'])('%s: every request of the outage was hit, and counted', (path) => {
    const requests = all(path)
    const { firstN, lastN } = truth(path)
    const planted = outages[path]?.outages?.[0] as { fromN: number; toN: number }
    expect(firstN).toBeLessThanOrEqual(planted.fromN)
    expect(lastN).toBeGreaterThanOrEqual(planted.toN - 1)
    const { badEvents, recoveredAtMs } = recovery(path)
    // Whole seconds from the injection to the recovery are counted; on an idle machine only the planted ones are bad.
    const fromMs = Math.floor(injectedMs() / 1000) * 1000
    const toMs = Math.ceil((recoveredAtMs ?? Number.NaN) / 1000) * 1000
    const counted = requests.filter(({ sentMs }) => sentMs >= fromMs && sentMs < toMs)
    const bad = (isOne: (request: TrueRequest) => boolean) => counted.filter(isOne).length
    expect(badEvents).toBeGreaterThanOrEqual(bad(isBad(thresholdMs + 1)))
    expect(badEvents).toBeLessThanOrEqual(bad(mayBeBad(requests, thresholdMs)))
  })

  test('/refuse: lasts as long as nobody listened', ({ skip }) => {
    const [closed, open] = refusals(outage.recordDir, 'refusing')
    const trueMs = (open?.atMs ?? 0) - (closed?.atMs ?? 0)
    expect(trueMs).toBeGreaterThanOrEqual(2500)
    const words = beside('/refuse')
    skip(words !== undefined, words)
    const { impactAtMs, recoveredAtMs } = recovery('/refuse')
    expect(Math.abs((recoveredAtMs ?? 0) - (impactAtMs ?? 0) - trueMs)).toBeLessThanOrEqual(edgeMs)
  })
})

describe('a total hang', () => {
  const timeoutMs = 15_000
  const hungSinceMs = () => allRequests(truthOf(hang.recordDir, '/long-hang')).find(isBad(1000))?.sentMs ?? Number.NaN

  test('is on the live line while it lasts, before any request has timed out', () => {
    const seen = hang.live.find(({ status }) => (status.errorRatio ?? 0) > 0.5)
    expect(seen?.status.inFlight).toBeGreaterThan(0)
    expect((seen?.atMs ?? Number.NaN) - hungSinceMs()).toBeLessThan(timeoutMs / 3)
  })

  test('trips the guard while it lasts', () => {
    const tripped = hang.events.find((event) => event.type === 'guard.tripped')
    expect((tripped?.atMs ?? Number.NaN) - hungSinceMs()).toBeGreaterThan(0)
    expect((tripped?.atMs ?? Number.NaN) - hungSinceMs()).toBeLessThan(timeoutMs / 2)
  })

  test('stops the run with the exit code of a guard, and its interrupted requests are bad ones', () => {
    expect(hang.verdict).toMatchObject({ ended: 'guard', exitCode: 4 })
    const requests = allRequests(truthOf(hang.recordDir, '/long-hang'))
    const phases = hang.verdict.objectives[0]?.phases ?? []
    // One whose iteration had begun, and which was stopped before it was sent: the server never saw it.
    const unsent = phases.reduce((sum, { n }) => sum + n, 0) - requests.length
    expect([0, 1]).toContain(unsent)
    expect(phases.reduce((sum, { bad }) => sum + bad, 0)).toBe(requests.filter(isBad(1000)).length + unsent)
  })
})

/** What the machine did to a run that is rightly invalid; undefined where it is valid, or wrongly invalid. */
const invalidating = ({ verdict, recordDir, plan }: PlantedResult, path: string): string | undefined =>
  verdict.invalidReasons.length === 0
    ? undefined
    : stallAtEnd(truthOf(recordDir, path), verdict.startedAtMs, plan.phases.recovery.endMs)

test('a healthy run passes with exit code 0', ({ skip }) => {
  const { verdict, recordDir } = healthy
  const truth = truthOf(recordDir, '/healthy')
  const stall = invalidating(healthy, '/healthy')
  skip(stall !== undefined, stall)
  expect(verdict).toMatchObject({ ended: 'completed', invalidReasons: [] })
  const counted = allRequests(truth).filter(({ sentMs }) => sentMs >= countsFromMs(verdict))
  const bad = counted.filter(mayBeBad(allRequests(truth), 500)).length
  const words = `the machine held up ${bad} of ${counted.length} requests: too many to prove that users fare well`
  skip(prove(bad, counted.length, 0.05) !== 'proven-pass', words)
  expect(verdict).toMatchObject({ result: 'pass', exitCode: 0 })
  // Too short a run for a proof of a proportion, whatever its requests.
  for (const { outcome } of verdict.objectives) expect(outcome).toBe('pass')
})

describe('no data never passes', () => {
  const outcome = (result: PlantedResult, id: string) =>
    result.verdict.objectives.find((found) => found.id === id)?.outcome
  const rejudge = async (result: PlantedResult, keep: (type: string) => boolean, plan: Plan = result.plan) => {
    const lines = (await collect(readWindows(result.recordDir))).filter(({ type }) => keep(type))
    return (await judge({ plan, events: result.events, lines })).verdict
  }

  test('a server that never answers', ({ skip }) => {
    expect(truthOf(silent.recordDir, '/silent').length).toBeGreaterThan(80)
    const stall = invalidating(silent, '/silent')
    skip(stall !== undefined, stall)
    expect(outcome(silent, 'silent latency')).toBe('fail')
    expect(outcome(silent, 'silent errors')).toBe('fail')
    expect(silent.verdict.exitCode).toBe(1)
  })

  test('a scenario that sends nothing', () => {
    expect(truthOf(silent.recordDir, '/idle')).toEqual([])
    expect(outcome(silent, 'idle latency')).toBe('no-data')
    expect(outcome(silent, 'idle errors')).toBe('no-data')
  })

  test('a run that has nothing but such a scenario cannot tell', async ({ skip }) => {
    const stall = invalidating(silent, '/silent')
    skip(stall !== undefined, stall)
    const objectives = silent.plan.objectives.filter(({ id }) => id.startsWith('idle'))
    const verdict = await rejudge(silent, () => true, { ...silent.plan, objectives })
    // Its iterations end and send none of the requests that it declares: that is the harness's own.
    expect(verdict).toMatchObject({ result: 'invalid', exitCode: 3 })
  })

  test.each([
    ['windows', (type: string) => type !== 'window'],
    ['all that k6 wrote', (type: string) => type === 'sample'],
    ['everything', () => false],
  ])('a healthy run whose record lacks %s', async (_what, keep) => {
    const verdict = await rejudge(healthy, keep)
    for (const objective of verdict.objectives) expect(objective.outcome).not.toBe('pass')
    expect(['inconclusive', 'invalid']).toContain(verdict.result)
    expect(verdict.exitCode).toBe(3)
  })
})
