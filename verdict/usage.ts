import type { SampleLine } from '../model/window.ts'
import { generator, sampledGapMs } from './resources.ts'

/** One figure of every component that is drawn under the timeline, whether or not it has an objective. */
interface Figure {
  series: string
  title: string
  unit: string
  /** What one unit of the series is in `unit`. */
  scale: number
  /** A counter: its increase per second is the figure. */
  counter?: true
  /** Instances of a component add up; else the highest one stands for all. */
  adds?: true
}

export const usageFigures: readonly Figure[] = [
  { series: 'process_cpu_seconds', title: 'CPU', unit: 'cores', scale: 1, counter: true, adds: true },
  { series: 'process_resident_bytes', title: 'Memory', unit: 'MB', scale: 1e-6, adds: true },
  { series: 'db_pool_used_ratio', title: 'Connection pools', unit: '% in use', scale: 100 },
  { series: 'queue_depth', title: 'Queue depth', unit: 'messages', scale: 1 },
  { series: 'consumer_lag', title: 'Consumer lag', unit: 'messages', scale: 1 },
]

/** Instances that are kept of a figure; of any more nothing is drawn. */
const mostInstances = 1_000

interface Instance {
  sum: Float64Array
  n: Uint32Array
  lastAtMs: number
  lastValue: number
}

/** Means per column of seconds: a run of a day takes no more memory than one of ten minutes. */
export interface Usage {
  step: number
  columns: number
  /** Series, then instance. */
  series: Map<string, Map<string, Instance>>
}

/** @param length seconds of the run's columns */
export const newUsage = (length: number, mostColumns = 600): Usage => {
  const step = Math.max(1, Math.ceil(length / mostColumns))
  const series = new Map(usageFigures.map((figure) => [figure.series, new Map<string, Instance>()]))
  return { step, columns: Math.ceil(length / step), series }
}

/** @param baseS Unix second of the first column */
export const addUsage = (usage: Usage, line: SampleLine, baseS: number): void => {
  if (line.component === generator.component) return
  const at = Math.floor((line.atMs / 1000 - baseS) / usage.step)
  if (at < 0 || at >= usage.columns) return
  for (const { series, counter } of usageFigures) {
    const value = line.values[series]
    if (value === undefined || !Number.isFinite(value)) continue
    const instances = usage.series.get(series)
    let instance = instances?.get(line.component)
    if (instance === undefined) {
      if (instances === undefined || instances.size >= mostInstances) continue
      instance = {
        sum: new Float64Array(usage.columns),
        n: new Uint32Array(usage.columns),
        lastAtMs: Number.NaN,
        lastValue: 0,
      }
      instances.set(line.component, instance)
    }
    const figure = counter ? perSecond(instance, line.atMs, value) : value
    instance.lastAtMs = line.atMs
    instance.lastValue = value
    if (figure === null) continue
    instance.sum[at] = (instance.sum[at] ?? 0) + figure
    instance.n[at] = (instance.n[at] ?? 0) + 1
  }
}

/** Null for the first sample, after a gap, and when the counter began anew with its process. */
const perSecond = ({ lastAtMs, lastValue }: Instance, atMs: number, value: number): number | null => {
  const elapsedMs = atMs - lastAtMs
  return elapsedMs > 0 && elapsedMs <= sampledGapMs && value >= lastValue
    ? (value - lastValue) / (elapsedMs / 1000)
    : null
}

/** One figure of one component over the columns, in the figure's unit; null where nothing was sampled. */
export interface UsageLine {
  component: string
  instances: number
  value: (number | null)[]
}

/** The lines of one figure, the component with the highest mean first. */
export const usageLines = (usage: Usage, { series, scale, adds }: Figure): UsageLine[] => {
  const byComponent = Map.groupBy(usage.series.get(series) ?? [], ([instance]) => instance.replace(/-\d+$/, ''))
  const lines = [...byComponent].map(([component, instances]) => ({
    component,
    instances: instances.length,
    value: Array.from({ length: usage.columns }, (_, at) => {
      const values = instances.flatMap(([, { sum, n }]) => (n[at] ? [((sum[at] ?? 0) / n[at]) * scale] : []))
      if (values.length === 0) return null
      return adds ? values.reduce((all, value) => all + value, 0) : Math.max(...values)
    }),
  }))
  return lines.sort((a, b) => mean(b.value) - mean(a.value))
}

const mean = (values: readonly (number | null)[]): number => {
  const seen = values.filter((value) => value !== null)
  return seen.reduce((sum, value) => sum + value, 0) / Math.max(1, seen.length)
}
