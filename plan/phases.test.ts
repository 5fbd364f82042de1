import { describe, expect, it } from 'vitest'
import { HoldfastError } from '../model/errors.ts'
import type { GameDay } from '../model/gameday.ts'
import type { PlannedFault } from '../model/plan.ts'
import { phasesOf, steadyEndOf } from './phases.ts'

const gameDay: GameDay = {
  title: 'T',
  purpose: 'P',
  system: 's',
  load: [{ scenario: 'x' }],
  warmUp: '10s',
  steady: '40s',
  faults: [{ kind: 'none', at: '0s', for: '10s' }],
  recovery: { for: '30s', stableFor: '10s' },
}
const fault = (atMs: number, holdMs: number | null): PlannedFault => ({
  id: 'f',
  kind: 'none',
  label: 'l',
  oneShot: holdMs === null,
  target: { kind: 'none' },
  atMs,
  holdMs,
  injections: [],
})

const refusal = (work: () => unknown): string => {
  try {
    work()
  } catch (error) {
    if (error instanceof HoldfastError) return `${error.message} | ${error.hint ?? ''}`
    throw error
  }
  throw new Error('was accepted')
}

describe('refusals', () => {
  it('a steady state too short to compare with', () => {
    expect(refusal(() => steadyEndOf({ ...gameDay, steady: '5s' }, 'g.ts'))).toBe(
      'g.ts: steady: 5s is too short to compare the faults with | Write at least 10s.',
    )
  })

  it('faults without recovery', () => {
    const { recovery: _recovery, ...without } = gameDay
    expect(refusal(() => phasesOf(without, [fault(50_000, 1000)], 'g.ts'))).toBe(
      "g.ts: recovery: is missing | Write how long the run goes on after the last fault: recovery: { for: '30s', stableFor: '10s' }.",
    )
  })

  it('no time to recover', () => {
    const tight = { ...gameDay, recovery: { for: '10s', stableFor: '10s' } }
    expect(refusal(() => phasesOf(tight, [fault(50_000, 1000)], 'g.ts'))).toBe(
      'g.ts: recovery.stableFor: 10s leaves no time to recover in 10s | Make recovery.for longer, or stableFor shorter.',
    )
  })

  it('recovery without faults', () => {
    expect(refusal(() => phasesOf({ ...gameDay, faults: [] }, [], 'g.ts'))).toBe(
      'g.ts: recovery: there are no faults to recover from | Leave it out.',
    )
  })
})

it('the run ends with the recovery after the fault that ends last', () => {
  expect(phasesOf(gameDay, [fault(50_000, 40_000), fault(60_000, 5_000), fault(70_000, null)], 'g.ts')).toEqual({
    phases: {
      warmUp: { startMs: 0, endMs: 10_000 },
      steady: { startMs: 10_000, endMs: 50_000 },
      faults: { startMs: 50_000, endMs: 90_000 },
      recovery: { startMs: 90_000, endMs: 120_000 },
    },
    stableForMs: 10_000,
  })
})

it('without faults the run ends with the steady state, which may be short', () => {
  const { recovery: _recovery, ...loadOnly } = gameDay
  const { phases } = phasesOf({ ...loadOnly, faults: [], warmUp: '1s', steady: '4s' }, [], 'g.ts')
  expect(phases.recovery).toEqual({ startMs: 5000, endMs: 5000 })
})
