import type { Plan } from '../model/plan.ts'
import type { OutputConfig } from '../model/window.ts'
import { requestMetric } from '../model/window.ts'

const flushMs = 200
const maxSeries = 1_000

/** What the output extension is told: the thresholds at which it counts exactly. */
export const outputConfig = (plan: Plan, schemaVersion: number): OutputConfig => {
  const thresholds = new Map<string, Set<number>>([[requestMetric, new Set()]])
  for (const objective of plan.objectives) {
    if (objective.kind !== 'proportion' || objective.thresholdUs === null) continue
    const { metric } = objective.sli
    thresholds.set(metric, (thresholds.get(metric) ?? new Set()).add(objective.thresholdUs))
  }
  const thresholdsUs = Object.fromEntries(
    [...thresholds].map(([metric, values]) => [metric, [...values].sort((a, b) => a - b)]),
  )
  return { schemaVersion, thresholdsUs, flushMs, maxSeries }
}
