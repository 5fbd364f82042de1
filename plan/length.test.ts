import { expect, it } from 'vitest'
import type { GameDay } from '../model/gameday.ts'
import { aroundRunMs, lengthOf } from './length.ts'

const day = (parts: Partial<GameDay>): GameDay => ({
  title: 'T',
  purpose: 'P',
  system: 'batchsender',
  load: [{ scenario: 'smoke' }],
  warmUp: '2s',
  steady: '13s',
  faults: [],
  ...parts,
})

it('adds up the phases: faults may overlap, and one-shot ones take no time', () => {
  const faults = [
    { kind: 'latency', at: '0s', for: '20s' },
    { kind: 'kill', at: '15s' },
  ]
  expect(lengthOf(day({}))).toBe(15_000 + aroundRunMs)
  expect(lengthOf(day({ faults, recovery: { for: '30s', stableFor: '5s' } }))).toBe(65_000 + aroundRunMs)
})

it('counts the steps of a search at its longest', () => {
  // 1, 2, 4, 8, 16, then 11.3, 13.5, 14.7: less than 10 % apart.
  const stepMs = 12_000 + aroundRunMs
  expect(lengthOf(day({ capacity: { upTo: 16, step: '10s' } }))).toBe(15_000 + aroundRunMs + 8 * stepMs)
  expect(lengthOf(day({ capacity: { upTo: 16, step: '10s' } }), 1)).toBe(15_000 + aroundRunMs + 5 * stepMs)
  expect(lengthOf(day({ capacity: { upTo: 1, step: '10s', precisionRatio: 1 } }))).toBe(15_000 + aroundRunMs + stepMs)
})
