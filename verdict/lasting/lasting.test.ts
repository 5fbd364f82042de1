import { describe, expect, it } from 'vitest'
import type { LastingChange, Verdict } from '../../model/verdict.ts'
import type { RunSpec, TroubleSpec } from '../../test/fixtures/record.ts'
import { errorObjective, latencyObjective, makeRecord, resilienceObjective } from '../../test/fixtures/record.ts'
import { judge } from '../judge.ts'

/** Eleven of twelve requests go to /a, one to /b; a fault from 32 s to 37 s. */
const twoEndpoints: RunSpec = {
  warmUpS: 2,
  steadyS: 30,
  faultsS: 5,
  recoveryS: 30,
  stableForS: 5,
  streams: [
    { perSecond: 91.67, name: 'GET /a', errorRatio: 0.001 },
    { perSecond: 8.33, name: 'GET /b' },
  ],
  faults: [{ atS: 32, holdS: 5 }],
  objectives: [errorObjective({ names: ['GET /a', 'GET /b'] }), resilienceObjective('recoveryTime', 2000)],
  requireProof: true,
}
const loadOnly: RunSpec = {
  ...twoEndpoints,
  steadyS: 60,
  faultsS: 0,
  recoveryS: 0,
  faults: [],
  objectives: [errorObjective({ names: ['GET /a', 'GET /b'] })],
}

const judged = async (spec: RunSpec, troubles: TroubleSpec[] = []): Promise<Verdict> => {
  const { plan, events, lines } = makeRecord({ ...spec, troubles })
  return (await judge({ plan, events, lines: lines() })).verdict
}
const only = ({ changes = [] }: Verdict): LastingChange => {
  expect(changes).toHaveLength(1)
  return changes[0] as LastingChange
}

describe('after a fault', () => {
  it('one endpoint of twelve that stays down is not absorbed, and named', async () => {
    const verdict = await judged(twoEndpoints, [{ kind: 'error', fromS: 32, toS: 67, names: ['GET /b'] }])
    expect(verdict).toMatchObject({
      result: 'fail',
      sentence: expect.stringMatching(/^GET \/b has not recovered: 100 % bad since 32 s \(\d+ of \d+; before: 0 of/),
    })
    expect(verdict.faults[0]?.perSli[0]).toMatchObject({ state: 'not-recovered', recoveredAtMs: null })
    expect(verdict.faults[0]?.text.recovery).toBe('not recovered, ≥ 30.0 s')
    expect(only(verdict)).toMatchObject({ request: 'GET /b', fault: 'f1', kind: 'worse', target: 'broken' })
  })

  it('the same leaves a run without a recovery objective inconclusive', async () => {
    const spec = { ...twoEndpoints, objectives: twoEndpoints.objectives.slice(0, 1) }
    const verdict = await judged(spec, [{ kind: 'error', fromS: 32, toS: 67, names: ['GET /b'] }])
    expect(verdict).toMatchObject({ result: 'inconclusive', exitCode: 3 })
    expect(verdict.sentence).toContain('GET /b has not recovered')
  })

  it('one endpoint of twelve that stays slow is not absorbed', async () => {
    const objectives = [latencyObjective(), resilienceObjective('recoveryTime', 2000)]
    const slow = { kind: 'slow' as const, fromS: 33, toS: 67, ms: 800, names: ['GET /b'] }
    const verdict = await judged({ ...twoEndpoints, objectives }, [slow])
    expect(verdict.result).toBe('fail')
    expect(only(verdict)).toMatchObject({ objective: 'latency', request: 'GET /b', target: 'broken' })
  })

  it('a change that begins long after the recovery is found, with its beginning', async () => {
    const verdict = await judged(twoEndpoints, [{ kind: 'error', fromS: 50, toS: 67, names: ['GET /b'] }])
    expect(verdict.faults[0]?.perSli[0]?.state).toBe('not-recovered')
    expect(only(verdict).sinceMs - verdict.startedAtMs).toBeCloseTo(50_000, -3.4)
  })

  it('an outage of one endpoint that is over for as long as the run asks for is no change', async () => {
    const verdict = await judged(twoEndpoints, [{ kind: 'error', fromS: 32, toS: 60, names: ['GET /b'] }])
    expect(verdict.changes).toBeUndefined()
  })

  it('one that ended a moment before the run did cannot be seen to be over', async () => {
    const verdict = await judged(twoEndpoints, [{ kind: 'error', fromS: 32, toS: 64, names: ['GET /b'] }])
    expect(verdict.result).not.toBe('pass')
    expect(verdict.faults[0]?.perSli[0]?.state).toBe('not-seen')
    expect(only(verdict)).toMatchObject({ fading: true })
  })

  it('ten times as many errors within the target are told, and do not fail the run', async () => {
    const spec = { ...twoEndpoints, requireProof: false }
    const verdict = await judged(spec, [{ kind: 'error', fromS: 34, toS: 67, ratio: 0.015 }])
    expect(verdict.result).toBe('pass')
    expect(only(verdict)).toMatchObject({ target: 'within', text: expect.stringContaining('changed for good') })
    expect(verdict.faults[0]?.perSli[0]?.state).toBe('recovered')
    expect(verdict.faults[0]?.text.recovery).toContain('changed for good')
  })

  it('a request that is not sent any more is no good news', async () => {
    const verdict = await judged(twoEndpoints, [{ kind: 'noLoad', fromS: 36, toS: 67, names: ['GET /b'] }])
    expect(only(verdict)).toMatchObject({ request: 'GET /b', kind: 'silent', target: 'not-sent' })
    expect(only(verdict).text).toContain('no such request was sent after 37 s')
    expect(verdict.result).toBe('invalid')
    expect(verdict.sentence).toContain('samples of GET /b')
  })

  it('errors in every endpoint are told of the objective as a whole', async () => {
    const verdict = await judged(twoEndpoints, [{ kind: 'error', fromS: 33, toS: 67, ratio: 0.3 }])
    expect(only(verdict)).toMatchObject({ target: 'broken' })
    expect(verdict.result).toBe('fail')
  })

  it('a next fault ends the view of the one before it', async () => {
    const spec = {
      ...twoEndpoints,
      faultsS: 40,
      faults: [
        { atS: 32, holdS: 5 },
        { atS: 67, holdS: 5 },
      ],
    }
    const verdict = await judged(spec, [{ kind: 'error', fromS: 33, toS: 70, names: ['GET /b'] }])
    expect(verdict.faults.map(({ perSli }) => perSli[0]?.state)).toEqual(['not-recovered', 'cannot-tell'])
    // Of the second one 8 % were bad for 3 s: over the target, and not proven to be.
    expect(verdict.faults[1]?.perSli[0]?.change).toBeUndefined()
  })
})

describe('a clean steady state does not pay for errors that never end', () => {
  const shares = [0.06, 0.08, 0.1, 0.12]
  it.each(shares.flatMap((ratio) => [20, 100].map((perSecond) => ({ ratio, perSecond }))))(
    'of $ratio at $perSecond/s',
    async ({ ratio, perSecond }) => {
      for (const seed of [1, 2, 3]) {
        const spec = { ...twoEndpoints, seed, stableForS: 10, streams: [{ perSecond, name: 'GET /a' }] }
        const verdict = await judged(spec, [{ kind: 'error', fromS: 32, toS: 67, ratio }])
        expect(verdict.result).not.toBe('pass')
        expect(['not-recovered', 'not-seen']).toContain(verdict.faults[0]?.perSli[0]?.state)
      }
    },
  )
})

describe('in the steady state', () => {
  it('an endpoint that breaks half-way and stays broken does not pass unseen', async () => {
    const verdict = await judged(loadOnly, [{ kind: 'error', fromS: 40, toS: 62, names: ['GET /b'] }])
    expect(verdict).toMatchObject({ result: 'inconclusive', exitCode: 3 })
    expect(verdict.sentence).toContain('GET /b got worse for good')
    expect(only(verdict)).toMatchObject({ fault: null, target: 'broken' })
  })

  it('a drift before any fault is told, and is no fault of it', async () => {
    const objectives = [errorObjective({ names: ['GET /a', 'GET /b'] }), resilienceObjective('recoveryTime', 2000)]
    const spec = { ...twoEndpoints, objectives, requireProof: false }
    const verdict = await judged(spec, [{ kind: 'error', fromS: 20, toS: 67, ratio: 0.02 }])
    expect(verdict.changes?.[0]).toMatchObject({ fault: null, target: 'within' })
    expect(verdict.faults[0]?.perSli[0]?.state).not.toBe('not-recovered')
    expect(verdict.result).toBe('pass')
  })

  it('a request that is not sent any more is told', async () => {
    const verdict = await judged(loadOnly, [{ kind: 'noLoad', fromS: 40, toS: 62, names: ['GET /b'] }])
    expect(verdict.result).not.toBe('pass')
    expect(only(verdict)).toMatchObject({ kind: 'silent', request: 'GET /b' })
  })

  it('stalls that come all the time are no change', async () => {
    const stalls = Array.from({ length: 7 }, (_, i) => ({
      kind: 'slow' as const,
      fromS: 10 * i,
      toS: 10 * i + 0.3,
      ms: 900,
    }))
    expect((await judged({ ...loadOnly, objectives: [latencyObjective()] }, stalls)).changes).toBeUndefined()
    expect((await judged({ ...twoEndpoints, objectives: [latencyObjective()] }, stalls)).changes).toBeUndefined()
  })
})

describe('requests that are sent seldom', () => {
  const seldom = (perSecond: number): RunSpec => ({
    ...twoEndpoints,
    streams: [
      { perSecond: 50, name: 'GET /a' },
      { perSecond, name: 'GET /b' },
    ],
  })
  const down = { kind: 'error' as const, fromS: 32, toS: 67, names: ['GET /b'] }

  it('a total outage of one request in five seconds is found', async () => {
    expect(only(await judged(seldom(0.2), [down]))).toMatchObject({ request: 'GET /b', target: 'broken' })
  })

  it('where not even that would be found, the run says that it cannot tell', async () => {
    const verdict = await judged(seldom(0.1), [down])
    expect(verdict.cannotTell).toContainEqual(expect.stringMatching(/^Whether GET \/b became as before/))
  })

  it('a request that is sent only after the fault and never works is found', async () => {
    const never = { kind: 'noLoad' as const, fromS: 0, toS: 33, names: ['GET /b'] }
    const verdict = await judged(seldom(1), [never, down])
    expect(only(verdict)).toMatchObject({ request: 'GET /b', text: expect.stringContaining('before: none') })
    expect(verdict.result).not.toBe('pass')
  })
})

it('more names than are looked at one by one are said', async () => {
  const streams = Array.from({ length: 60 }, (_, i) => ({ perSecond: 2, name: `GET /${i}` }))
  const verdict = await judged({ ...loadOnly, streams, objectives: [errorObjective()] })
  expect(verdict.cannotTell).toContainEqual(expect.stringContaining('10 more names'))
})
