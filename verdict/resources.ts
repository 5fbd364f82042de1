import type { Plan } from '../model/plan.ts'
import type { AnswerLine, SampleLine } from '../model/window.ts'

/** One sampled series of one component instance: times in Unix ms, in order of the record. */
export interface Series {
  component: string
  name: string
  atMs: number[]
  value: number[]
}

/** The sampled series that an objective or the load's health asks for; all others are skipped. */
export interface Resources {
  wanted: Set<string>
  series: Map<string, Series>
  /** By series: what Prometheus answered. */
  answers: Map<string, AnswerLine>
  /** Values that were no finite numbers. */
  garbage: number
}

/** Samples farther apart than this say nothing of the time between them. */
export const sampledGapMs = 5000

export const cpuSeries = 'process_cpu_seconds'
const startSeries = 'process_start_ticks'

/** The load generator's own process, its CPU time, and the cores it may use. */
export const generator = { component: 'k6', cpu: cpuSeries, cores: 'cpu_limit_cores' } as const

export const newResources = (plan: Plan): Resources => {
  const names = plan.objectives.flatMap((objective) => {
    if (objective.kind === 'gauge') return [objective.series, objective.whileSeries ?? objective.series, startSeries]
    if (objective.kind === 'growth') return [objective.series, cpuSeries, startSeries]
    if (objective.kind !== 'reaction') return []
    return [objective.series, ...(typeof objective.after === 'string' ? [] : [objective.after.series])]
  })
  return { wanted: new Set(names), series: new Map(), answers: new Map(), garbage: 0 }
}

export const addSample = (resources: Resources, line: SampleLine): void => {
  for (const [name, value] of Object.entries(line.values)) {
    const wanted =
      resources.wanted.has(name) ||
      (line.component === generator.component && (name === generator.cpu || name === generator.cores))
    if (!wanted) continue
    if (!Number.isFinite(value)) {
      resources.garbage++
      continue
    }
    const key = keyOf(line.component, name)
    let series = resources.series.get(key)
    if (!series) {
      series = { component: line.component, name, atMs: [], value: [] }
      resources.series.set(key, series)
    }
    series.atMs.push(line.atMs)
    series.value.push(value)
  }
}

/**
 * Series of that name: of all components, or of one component's instances (`worker`: `worker-1`, `worker-2`). The load
 * generator is no part of the system: it is found by its own name only.
 */
export const seriesOf = (resources: Resources, name: string, component?: string): Series[] =>
  [...resources.series.values()].filter(
    (series) =>
      series.name === name &&
      (component === undefined
        ? series.component !== generator.component
        : series.component === component || isInstance(series.component, component)),
  )

/**
 * When a component's process was replaced by another, Unix ms of the first sample of the new one: by its start; where
 * that was not sampled (containers), by its CPU time, which begins anew. The CPU time of a tree of processes falls when a
 * child ends, too.
 */
export const restartTimes = (resources: Resources, component: string): ReadonlySet<number> => {
  const of = (name: string) => resources.series.get(keyOf(component, name))
  const start = of(startSeries)
  const cpu = of(cpuSeries)
  const times = new Set<number>()
  const series = start ?? cpu
  series?.value.forEach((value, i) => {
    const before = series.value[i - 1]
    if (before !== undefined && (start ? value !== before : value < before)) times.add(series.atMs[i] ?? 0)
  })
  return times
}

const keyOf = (component: string, name: string): string => `${component}\n${name}`

const isInstance = (name: string, component: string): boolean =>
  name.startsWith(`${component}-`) && /^\d+$/.test(name.slice(component.length + 1))
