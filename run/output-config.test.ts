import { expect, test } from 'vitest'
import type { Objective, ProportionObjective } from '../model/objective.ts'
import { demoPlan } from '../test/fixtures/plan.ts'
import { outputConfig } from './output-config.ts'

const [first] = demoPlan.objectives.filter((objective) => objective.kind === 'proportion') as [ProportionObjective]
const at = (metric: string, thresholdUs: number | null): Objective => ({ ...first, sli: { metric }, thresholdUs })
const thresholds = (objectives: Objective[]) => outputConfig({ ...demoPlan, objectives }, 1).thresholdsUs

test('without objectives the request metric is there, with no thresholds', () => {
  expect(thresholds([])).toEqual({ holdfast_request: [] })
})

test('objectives without a threshold, and other kinds, add none', () => {
  const others = demoPlan.objectives.filter(({ kind }) => kind !== 'proportion')
  expect(others.length).toBeGreaterThan(0)
  expect(thresholds([...others, at('batch_completion', null)])).toEqual({ holdfast_request: [] })
})

test('each metric has its thresholds once, ascending as numbers', () => {
  const objectives = [
    at('holdfast_request', 1_000_000),
    at('holdfast_request', 500_000),
    at('holdfast_request', 90_000),
  ]
  expect(thresholds([...objectives, ...objectives, at('batch_completion', 5)])).toEqual({
    holdfast_request: [90_000, 500_000, 1_000_000],
    batch_completion: [5],
  })
})
