import type { GaugeObjective } from '../../../model/objective.ts'

/** A bound on the depth of a queue, as it is sampled. */
export const depthBelow = (value: number): GaugeObjective => ({
  kind: 'gauge',
  id: 'depth',
  title: 'Queue depth',
  gate: 'required',
  source: 'test',
  phases: ['steady', 'recovered'],
  targetText: `< ${value}`,
  series: 'queue_depth',
  aggregate: 'max',
  op: 'lt',
  value,
  unit: 'count',
  minSamples: 3,
})
