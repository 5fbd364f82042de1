import type { ProportionObjective, ResilienceObjective, SliSelector } from '../../../model/objective.ts'
import { requestMetric } from '../../../model/window.ts'

const base = { gate: 'required', source: 'planted', phases: ['steady', 'recovered'] } as const

interface Options {
  id?: string
  metric?: string
  targetRatio?: number
}

/** "p95 below so many ms" of one request name. */
export const p95Below = (name: string, ms: number, options: Options = {}): ProportionObjective => ({
  ...proportion(name, options),
  title: `p95 of ${name}`,
  targetText: `< ${ms} ms`,
  thresholdUs: ms * 1000,
  show: 'latency',
})

/** "so many requests good" of one request name; 95 % unless told. */
export const goodRatio = (name: string, options: Options = {}): ProportionObjective => ({
  ...proportion(name, options),
  title: `errors of ${name}`,
  targetText: '< 5 %',
  thresholdUs: null,
  show: 'badRatio',
})

const proportion = (name: string, { id = name, metric = requestMetric, targetRatio = 0.95 }: Options) => {
  const sli: SliSelector = { metric, names: [name] }
  const budget = { budgetWindowMs: null, productionPerSecond: null }
  return { ...base, phases: [...base.phases], id, kind: 'proportion' as const, sli, targetRatio, ...budget }
}

/** A bound on what each fault did; `value` in ms or a count. */
export const resilience = (
  measure: ResilienceObjective['measure'],
  value: number,
  unit: ResilienceObjective['unit'],
  sliIds: string[] = [],
): ResilienceObjective => ({
  ...base,
  phases: [...base.phases],
  id: [measure, ...sliIds].join(' '),
  kind: 'resilience',
  title: measure,
  targetText: `<= ${value} ${unit}`,
  measure,
  op: 'lte',
  value,
  unit,
  sliIds,
})
