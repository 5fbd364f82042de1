import { describe, expect, it } from 'vitest'
import type { PhaseName } from '../../model/slo.ts'
import { errorObjective } from '../../test/fixtures/record.ts'
import { newSeconds } from '../seconds.ts'
import type { JudgeContext } from './context.ts'
import { judgeProportion } from './proportion.ts'

/** Errors of which 5 % are allowed: 50 requests a second, bad ones as told, for each second of each phase. */
const judged = (phases: [phase: PhaseName, badPerSecond: number[]][], requireProof = false) => {
  const objective = errorObjective()
  const bad = phases.flatMap(([, each]) => each)
  const phaseOf = phases.flatMap(([phase, each]) => each.map(() => phase))
  const seconds = newSeconds(bad.length)
  seconds.due.fill(50)
  seconds.bad.set(bad)
  const record = { sli: { metric: 'made' }, thresholdUs: null, seconds, grid: null, failures: null }
  const context = {
    plan: { requireProof },
    folded: { slis: new Map([[objective.id, record]]) },
    phases: { in: (wanted: PhaseName[]) => (at: number) => wanted.includes(phaseOf[at] as PhaseName) },
    warn: () => undefined,
  } as unknown as JudgeContext
  return judgeProportion(objective as never, context)
}
const every = (length: number, bad: number): number[] => Array.from({ length }, () => bad)
const evenly = (length: number, one: (at: number) => number): number[] => Array.from({ length }, (_, at) => one(at))

describe('each gating phase holds alone', () => {
  it('a clean steady state does not pay for errors that stay: 12 % of the recovered phase, 2.5 % of all', () => {
    expect(
      judged([
        ['steady', every(300, 0)],
        ['recovered', every(80, 6)],
      ]),
    ).toMatchObject({
      outcome: 'fail',
      proven: true,
      reason: 'recovered: 480 bad of 4,000; at most 5 % allowed',
      n: 4000,
      measured: { text: '12 %' },
    })
  })

  it('nor for what is over the target and not proven so', () => {
    const spell = evenly(60, (at) => (at < 6 ? 45 : 0))
    expect(
      judged([
        ['steady', every(300, 0)],
        ['recovered', spell],
      ]),
    ).toMatchObject({
      outcome: 'inconclusive',
      reasonCode: 'breach-not-proven',
      reason: 'over the target, but not proven: recovered: 270 bad of 3,000; at most 5 % allowed',
    })
  })

  it('one that is too short to prove leaves the objective unproven', () => {
    const short: [PhaseName, number[]][] = [
      ['steady', every(300, 0)],
      ['recovered', every(3, 0)],
    ]
    expect(judged(short)).toMatchObject({ outcome: 'pass', proven: false, reasonCode: 'no-breach-seen' })
    expect(judged(short, true)).toMatchObject({ outcome: 'inconclusive', reasonCode: 'not-proven' })
  })

  it('where all are proven they are shown together', () => {
    const all = judged([
      ['steady', every(60, 0)],
      ['fault', every(30, 50)],
      ['recovered', every(70, 0)],
    ])
    expect(all).toMatchObject({ outcome: 'pass', proven: true, reason: '0 bad of 6,500', n: 6500 })
  })
})

describe('what a run is too short to prove', () => {
  it('is not proven, with the length that it needs', () => {
    const spells = evenly(200, (at) => (at % 50 < 4 ? 25 : 0))
    const found = judged([['steady', spells]])
    expect(found).toMatchObject({ outcome: 'pass', proven: false })
    expect(found.reason).toMatch(
      /^no breach seen, not proven \(400 bad of 10,000, worth \d+ independent ones; the interval reaches over the target; about [^;]+ like these needed\)$/,
    )
    expect(found.neededSeconds).toBeGreaterThan(200)
  })

  it('is less time than two minutes, however many requests', () => {
    expect(judged([['steady', every(124, 0)]])).toMatchObject({ outcome: 'pass', proven: false, neededSeconds: 125 })
    expect(judged([['steady', every(125, 0)]])).toMatchObject({ outcome: 'pass', proven: true })
  })

  it('is a breach in less than four seconds', () => {
    expect(judged([['steady', every(3, 50)]]).outcome).toBe('inconclusive')
    expect(judged([['steady', every(4, 50)]]).outcome).toBe('fail')
  })
})
