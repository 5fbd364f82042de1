import { describe, expect, it } from 'vitest'
import type { Expectation, Plan, PlannedFault } from '../model/plan.ts'
import type { Verdict } from '../model/verdict.ts'
import { demoPlan } from '../test/fixtures/plan.ts'
import { watchedSeconds, withEarlier, withTime } from './watched.ts'

const span = (startS: number, endS: number) => ({ startMs: startS * 1000, endMs: endS * 1000 })
const phases = { warmUp: span(0, 10), steady: span(10, 50), faults: span(50, 100), recovery: span(100, 160) }
const fault = (atS: number, holdS: number | null) =>
  ({ atMs: atS * 1000, holdMs: holdS === null ? null : holdS * 1000 }) as PlannedFault
const both = { phases: ['steady' as const, 'recovered' as const] }

describe('the time in which an objective gates', () => {
  it('is all that lies outside the faults, overlapping ones once', () => {
    expect(watchedSeconds(both, { phases, faults: [] })).toBe(150)
    expect(watchedSeconds(both, { phases, faults: [fault(50, null), fault(60, 20), fault(70, 20)] })).toBe(120)
    expect(watchedSeconds({ phases: ['steady'] }, { phases, faults: [fault(50, 20)] })).toBe(40)
  })
})

const yes: Expectation = { objective: 'o', samples: 9000, needed: 59, text: 'yes', provable: true }

describe('a proof needs time', () => {
  it('beside samples', () => {
    expect(withTime(yes, 60, { faults: [] })).toMatchObject({
      provable: false,
      text: 'no: 1 min watched; 2 min 5 s needed',
    })
    expect(withTime(yes, 150, { faults: [] })).toMatchObject({ provable: true, text: 'yes' })
    expect(withTime({ ...yes, provable: false, text: 'no: 3 samples' }, 150, { faults: [] }).text).toBe('no: 3 samples')
  })

  it('of which recoveries take some', () => {
    expect(withTime(yes, 150, { faults: [fault(50, 20)] }).text).toBe(
      'yes, if all recoveries together take less than 25 s',
    )
  })
})

describe('earlier runs', () => {
  const plan: Plan = { ...demoPlan, faults: [], expectations: [withTime(yes, 200, { faults: [] })] }
  const needing = (...seconds: (number | null)[]): Verdict[] =>
    seconds.map((neededSeconds) => ({ objectives: [{ id: 'o', kind: 'proportion', neededSeconds }] }) as Verdict)

  it('that varied more ask for more time: the longest of the newest three', () => {
    expect(withEarlier(plan, needing(130, 340, null, 900)).expectations[0]).toMatchObject({
      provable: false,
      neededSeconds: 340,
      text: 'no: 3 min 20 s watched; 5 min 40 s needed as 2 earlier runs varied',
    })
  })

  it('that needed less change nothing', () => {
    expect(withEarlier(plan, needing(125, 150))).toEqual({
      ...plan,
      expectations: [expect.objectContaining({ provable: true, neededSeconds: 150 })],
    })
    expect(withEarlier(plan, [])).toEqual(plan)
  })
})
