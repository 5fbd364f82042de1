import { describe, expect, it } from 'vitest'
import type { RecordLine } from '../model/window.ts'
import type { RunSpec } from '../test/fixtures/record.ts'
import { errorObjective, latencyObjective, makeRecord, withTotals } from '../test/fixtures/record.ts'
import { judge } from './judge.ts'

const base: RunSpec = {
  warmUpS: 2,
  steadyS: 60,
  streams: [{ perSecond: 100, medianMs: 60, sigma: 0.1 }],
  objectives: [latencyObjective(), errorObjective()],
}

/** What the judge says of a run of 100 iterations/s. */
const judgeRun = async (spec: Partial<RunSpec>) => {
  const { plan, events, lines } = makeRecord({ ...base, ...spec })
  return (await judge({ plan, events, lines: lines() })).verdict
}

const badInSteady = (verdict: Awaited<ReturnType<typeof judgeRun>>) =>
  verdict.objectives[1]?.phases.find(({ phase }) => phase === 'steady')?.bad

const dropped = (ratio: number, fromS = 0, toS = 62) => ({ kind: 'drop' as const, fromS, toS, ratio })

describe('dropped iterations', () => {
  it('are not the system’s doing where the scenario declares too short an iteration', async () => {
    const verdict = await judgeRun({ vus: 3, busyVus: 3, longestIterationMs: 20, troubles: [dropped(0.5)] })
    expect(verdict).toMatchObject({ result: 'invalid', exitCode: 3 })
    expect(verdict.sentence).toMatch(
      /scenario flood has too few virtual users: 3,\d{3} iterations dropped although no request was slower than allowed \(iterations took 60 ms on average, longestIterationMs allows 20 ms, which gives 3 virtual users\)/,
    )
    expect(verdict.objectives.map(({ outcome }) => outcome)).toEqual(['pass', 'pass'])
  })

  it('are not the system’s doing where the users pause for longer than declared', async () => {
    const streams = [{ perSecond: 20, medianMs: 3, thinkMs: 3000 }]
    const verdict = await judgeRun({ streams, vus: 21, longestIterationMs: 1000, troubles: [dropped(0.6)] })
    expect(verdict.result).toBe('invalid')
    expect(verdict.sentence).toContain('iterations took 3 s on average, longestIterationMs allows 1 s')
  })

  it('are not the system’s doing where k6 also cut off the last iterations, all of them answered', async () => {
    const streams = [{ perSecond: 20, medianMs: 3, thinkMs: 3000 }]
    const spec = { ...base, steadyS: 12, streams, vus: 21, longestIterationMs: 1000, troubles: [dropped(0.6, 0, 14)] }
    const { plan, events, lines } = makeRecord(spec)
    const endS = Math.floor((events.find(({ type }) => type === 'load.ended')?.atMs ?? 0) / 1000)
    const cut = [...lines()].map((line) =>
      line.type === 'load' && line.s > endS - 3 ? { ...line, completed: 0, durationUs: 0, longestUs: 0 } : line,
    )
    const { verdict } = await judge({ plan, events, lines: withTotals(cut) })
    expect(verdict.load.interrupted).toBeGreaterThan(5)
    expect(verdict.result).toBe('invalid')
    expect(verdict.invalidReasons.join()).toContain('too few virtual users')
  })

  it('are told from a record of before durations were kept', async () => {
    const { plan, events, lines } = makeRecord({ ...base, vus: 3, busyVus: 3, troubles: [dropped(0.5)] })
    const [load] = plan.load
    if (!load) throw new Error('no load')
    const { longestIterationMs: _, vus: __, ...older } = { ...load, gracefulStopMs: 1020 }
    const before = [...lines()].map((line) => {
      if (line.type !== 'load') return line
      const { durationUs: _, longestUs: __, ...rest } = line
      return rest
    })
    const { verdict } = await judge({ plan: { ...plan, load: [older] }, events, lines: before })
    expect(verdict.result).toBe('invalid')
    expect(verdict.sentence).toContain('longestIterationMs allows 20 ms')
  })

  it('are the system’s doing where its slow answers hold up the virtual users', async () => {
    const slow = { kind: 'slow' as const, fromS: 20, toS: 40, ms: 2000 }
    const verdict = await judgeRun({
      vus: 101,
      busyVus: 101,
      longestIterationMs: 1000,
      troubles: [dropped(0.5, 21, 40), slow],
    })
    expect(verdict.invalidReasons).toEqual([])
    expect(badInSteady(verdict)).toBeGreaterThan(900)
  })

  it('leave a breach proven by what was sent, however few virtual users there were', async () => {
    const streams = [{ perSecond: 100, medianMs: 700, sigma: 0.05 }]
    const verdict = await judgeRun({ streams, vus: 3, busyVus: 3, longestIterationMs: 20, troubles: [dropped(0.9)] })
    expect(verdict.result).toBe('fail')
    expect(verdict.invalidReasons[0]).toContain('too few virtual users')
  })

  it('count as bad requests where they are too few to make a run invalid', async () => {
    const verdict = await judgeRun({ vus: 3, busyVus: 3, longestIterationMs: 20, troubles: [dropped(1, 30, 30.1)] })
    expect(verdict.invalidReasons).toEqual([])
    expect(badInSteady(verdict)).toBe(10)
  })
})

describe('interrupted iterations', () => {
  it('are not the system’s doing when their request was answered', async () => {
    const { plan, events, lines } = makeRecord({ ...base, streams: [{ perSecond: 20, thinkMs: 6000 }] })
    // Those that began in the last 6 s never ended.
    const endS = Math.floor((events.find(({ type }) => type === 'load.ended')?.atMs ?? 0) / 1000)
    const cut = [...lines()].map((line) =>
      line.type === 'load' && line.s > endS - 6 ? { ...line, completed: 0, durationUs: 0, longestUs: 0 } : line,
    )
    const { verdict } = await judge({ plan, events, lines: cut })
    expect(verdict.load.interrupted).toBeGreaterThan(90)
    expect(verdict).toMatchObject({ result: 'invalid' })
    expect(verdict.sentence).toContain('had not ended when k6 gave up on them, although their requests were answered')
    expect(verdict.objectives.map(({ outcome }) => outcome)).toEqual(['pass', 'pass'])
  })

  it('are bad requests of both SLIs when a later request of theirs hung', async () => {
    const objectives = [errorObjective({ names: ['POST /'] }), errorObjective({ id: 'get', names: ['GET /'] })]
    const { plan, events, lines } = makeRecord({ ...base, objectives, streams: [{ perSecond: 20, name: 'POST /' }] })
    const [load] = plan.load
    if (!load) throw new Error('no load')
    const hangS = Math.floor((events.find(({ type }) => type === 'load.started')?.atMs ?? 0) / 1000) + 40
    const cut = [...lines()].flatMap((line): RecordLine[] => {
      if (line.type === 'load' && line.s >= hangS) return [{ ...line, completed: 0, durationUs: 0, longestUs: 0 }]
      return line.type === 'window' && line.s < hangS ? [line, { ...line, name: 'GET /' }] : [line]
    })
    const planned = { ...plan, load: [{ ...load, requests: { 'POST /': 1, 'GET /': 1 } }] }
    const { verdict } = await judge({ plan: planned, events, lines: withTotals(cut) })
    expect(verdict.invalidReasons).toEqual([])
    expect(verdict.objectives.map(({ outcome }) => outcome)).toEqual(['inconclusive', 'fail'])
    const steady = verdict.objectives.map(({ phases }) => phases.find(({ phase }) => phase === 'steady'))
    expect(steady[1]?.bad).toBeGreaterThan(400)
    expect(steady[1]?.bad).toBe(steady[0]?.bad)
  })

  it('are bad requests when it was not', async () => {
    const verdict = await judgeRun({ troubles: [{ kind: 'interrupt', fromS: 50, toS: 62 }] })
    expect(verdict.invalidReasons).toEqual([])
    expect(badInSteady(verdict)).toBeGreaterThan(1150)
  })
})
