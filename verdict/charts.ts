import type { GaugeObjective, ProportionObjective } from '../model/objective.ts'
import type { Plan } from '../model/plan.ts'
import type { Charts, FaultResult } from '../model/verdict.ts'
import type { Folded } from './fold.ts'
import type { LatencyGrid } from './latency-grid.ts'
import { sumGrid } from './latency-grid.ts'
import type { PhaseIndex, PhaseSpan } from './phases.ts'
import { type Series, seriesOf } from './resources.ts'
import { usageFigures, usageLines } from './usage.ts'
import type { Histogram } from './windows.ts'
import { indexRange, quantileUs } from './windows.ts'

const chartSchemaVersion = 1
const mostPoints = 600
const mostHeatColumns = 120
/** Rows of the heatmap per tenfold latency. */
const heatRows = 10

export interface Charted {
  plan: Plan
  folded: Folded
  faults: readonly FaultResult[]
  spans: readonly PhaseSpan[]
  phases: PhaseIndex
  startedAtMs: number
  endedAtMs: number
  /** Steady requests of the baseline runs, where there are some. */
  baseline?: Histogram | null
}

/** Downsampled series for the report: at most 600 points, times in seconds from the start. */
export const makeCharts = (charted: Charted): Charts => {
  const { folded, startedAtMs, endedAtMs } = charted
  const from = Math.floor(startedAtMs / 1000) - folded.baseS
  const to = Math.min(
    folded.length,
    Math.max(from, Math.ceil(endedAtMs / 1000) - folded.baseS, Math.min(folded.lastIndex + 1, folded.length)),
  )
  const step = Math.max(1, Math.ceil((to - from) / mostPoints))
  const starts = Array.from({ length: Math.ceil((to - from) / step) }, (_, i) => from + i * step)
  const secondsOf = (at: number) => Math.round((folded.baseS + at) * 1000 - startedAtMs) / 1000
  // A point stands in the middle of what it sums up.
  const t = starts.map((at) => secondsOf(at + step / 2))
  const column = (at: number, values: Uint32Array) => {
    let sum = 0
    for (let i = at; i < Math.min(to, at + step); i++) sum += values[i] ?? 0
    return sum
  }
  const total = (
    at: number,
    pick: (load: { started: Uint32Array; completed: Uint32Array; dropped: Uint32Array }) => number,
  ) => [...folded.load.values()].reduce((sum, load) => sum + pick(load), 0) / Math.min(step, to - at)
  const latency = latencySeries(folded.chart.grid, starts, step)
  return {
    schemaVersion: chartSchemaVersion,
    stepSeconds: step,
    rate: {
      t,
      offered: starts.map((at) => total(at, (load) => column(at, load.started) + column(at, load.dropped))),
      achieved: starts.map((at) => total(at, (load) => column(at, load.completed))),
    },
    latency: { t, ...latency },
    errors: {
      t,
      ratio: starts.map((at) => {
        const due = column(at, folded.chart.seconds.due)
        return due === 0 ? null : column(at, folded.chart.seconds.failed) / due
      }),
    },
    sloLines: sloLines(charted.plan),
    heatmap: heatmap(folded.chart.grid, from, to, secondsOf),
    percentiles: percentiles(steadyOf(charted)),
    ...(charted.baseline ? { baselinePercentiles: percentiles(charted.baseline) } : {}),
    ...usage(charted, secondsOf),
    resources: resources(charted, secondsOf),
    faultBands: faultBands(charted),
    phases: charted.spans.map(({ phase, fromMs, toMs }) => ({
      phase,
      startS: (fromMs - startedAtMs) / 1000,
      endS: (toMs - startedAtMs) / 1000,
    })),
  }
}

const latencySeries = (grid: LatencyGrid | null, starts: readonly number[], step: number) => {
  const quantiles = starts.map((at) => {
    if (!grid) return [null, null, null]
    // Columns of the grid may be wider than the points: then neighbours share one.
    const first = Math.floor(at / grid.step)
    const last = Math.floor((at + step - 1) / grid.step)
    const histogram = sumGrid(grid, (second) => {
      const own = Math.floor(second / grid.step)
      return own >= first && own <= last
    })
    return [0.5, 0.95, 0.99].map((q) => toMs(quantileUs(histogram, q)))
  })
  const pick = (i: number) => quantiles.map((row) => row[i] ?? null)
  return { p50: pick(0), p95: pick(1), p99: pick(2) }
}

const toMs = (us: number | null): number | null => (us === null ? null : Math.round(us) / 1000)

const sloLines = (plan: Plan): Charts['sloLines'] =>
  plan.objectives
    .filter(
      (objective): objective is ProportionObjective => objective.kind === 'proportion' && objective.show === 'latency',
    )
    .flatMap((objective) =>
      objective.thresholdUs === null ? [] : [{ label: objective.title, ms: objective.thresholdUs / 1000 }],
    )

const heatmap = (
  grid: LatencyGrid | null,
  from: number,
  to: number,
  secondsOf: (at: number) => number,
): Charts['heatmap'] => {
  if (!grid) return []
  const firstColumn = Math.floor(from / grid.step)
  const lastColumn = Math.min(grid.columns.length, Math.ceil(to / grid.step))
  const width = Math.max(1, Math.ceil((lastColumn - firstColumn) / mostHeatColumns))
  const cells: Charts['heatmap'] = []
  for (let at = firstColumn; at < lastColumn; at += width) {
    const rows = new Map<number, number>()
    for (let i = at; i < Math.min(lastColumn, at + width); i++) {
      const histogram = grid.columns[i]
      histogram?.counts.forEach((count, index) => {
        if (count === 0) return
        const [low, high] = indexRange(histogram, index)
        const row = Math.floor(Math.log10(Math.max(100, (low + high) / 2) / 1000) * heatRows)
        rows.set(row, (rows.get(row) ?? 0) + count)
      })
    }
    for (const [row, n] of [...rows].sort((a, b) => a[0] - b[0])) {
      cells.push({
        t: Math.max(0, secondsOf(at * grid.step)),
        tEnd: secondsOf(Math.min(to, (at + width) * grid.step)),
        lowMs: round3(10 ** (row / heatRows)),
        highMs: round3(10 ** ((row + 1) / heatRows)),
        n,
      })
    }
  }
  return cells
}

const round3 = (value: number): number => Number(value.toPrecision(4))

const steadyOf = ({ folded, phases }: Charted): Histogram | null =>
  folded.chart.grid ? sumGrid(folded.chart.grid, phases.in(['steady'])) : null

/** From the median to the last percentile with three samples above it, evenly on the axis 1 / (1 - p). */
const percentiles = (histogram: Histogram | null): Charts['percentiles'] => {
  if (!histogram) return []
  const points: Charts['percentiles'] = []
  for (let nines = 0; nines <= 5; nines += 0.1) {
    const tail = 0.5 * 10 ** -nines
    if (tail * histogram.n < 3) break
    const us = quantileUs(histogram, 1 - tail)
    if (us !== null) points.push({ p: Number((1 - tail).toPrecision(6)), ms: us / 1000 })
  }
  return points
}

const mostUsageLines = 3

/** What the components used between the load's start and its end. */
const usage = (
  { folded, startedAtMs, endedAtMs }: Charted,
  secondsOf: (at: number) => number,
): Pick<Charts, 'usage'> => {
  const { step, columns } = folded.usage
  const lastS = (endedAtMs - startedAtMs) / 1000
  const shown = Array.from({ length: columns }, (_, at) => ({ at, t: secondsOf((at + 0.5) * step) })).filter(
    ({ t }) => t >= 0 && t <= lastS,
  )
  const panels = usageFigures.flatMap((figure) => {
    const lines = usageLines(folded.usage, figure)
      .map(({ component, value }) => ({ component, value: shown.map(({ at }) => rounded(value[at] ?? null)) }))
      .filter(({ value }) => value.some((one) => one !== null))
    if (lines.length === 0) return []
    const { title, unit } = figure
    const more = Math.max(0, lines.length - mostUsageLines)
    return [{ title, unit, t: shown.map(({ t }) => t), lines: lines.slice(0, mostUsageLines), more }]
  })
  return panels.length === 0 ? {} : { usage: panels }
}

const rounded = (value: number | null): number | null => (value === null ? null : Number(value.toPrecision(4)))

/** Components that are drawn of one objective, and drawings in all: a cluster may have thousands of pods. */
const mostOfGauge = 50
const mostResources = 100

/** Every sampled series with an objective: the mean of each column of points, worst component apart from the others. */
const resources = (
  { plan, folded, startedAtMs, endedAtMs }: Charted,
  secondsOf: (at: number) => number,
): Charts['resources'] => {
  const gauges = plan.objectives.filter((objective): objective is GaugeObjective => objective.kind === 'gauge')
  const step = Math.max(1, Math.ceil((endedAtMs - startedAtMs) / 1000 / mostPoints))
  const drawn = gauges.flatMap((gauge) => {
    const all = seriesOf(folded.resources, gauge.series, gauge.component)
    return worstFirst(all, gauge).map((series) => ({ gauge, series, isOne: all.length === 1 }))
  })
  return drawn.slice(0, mostResources).map(({ gauge, series, isOne }) => {
    const sums = new Map<number, { sum: number; n: number }>()
    series.atMs.forEach((atMs, i) => {
      const at = Math.floor((Math.floor(atMs / 1000) - folded.baseS) / step) * step
      const value = gauge.aggregate === 'rate' ? perSecond(series.atMs, series.value, i) : (series.value[i] ?? null)
      if (value === null) return
      const present = sums.get(at) ?? { sum: 0, n: 0 }
      sums.set(at, { sum: present.sum + value, n: present.n + 1 })
    })
    const points = [...sums].sort((a, b) => a[0] - b[0])
    return {
      title: isOne ? gauge.title : `${gauge.title} (${series.component})`,
      unit: gauge.unit,
      limit: { value: gauge.value, text: gauge.targetText },
      t: points.map(([at]) => secondsOf(at)),
      value: points.map(([, { sum, n }]) => sum / n),
    }
  })
}

/** In the order of the record where all are drawn, else those that come nearest to the bound or go beyond it. */
const worstFirst = (all: Series[], { op }: GaugeObjective): Series[] => {
  if (all.length <= mostOfGauge) return all
  const sign = op.startsWith('lt') ? 1 : -1
  const worst = new Map(
    all.map((series) => [
      series,
      series.value.reduce((most, value) => Math.max(most, sign * value), Number.NEGATIVE_INFINITY),
    ]),
  )
  return all.toSorted((a, b) => (worst.get(b) ?? 0) - (worst.get(a) ?? 0)).slice(0, mostOfGauge)
}

const perSecond = (atMs: readonly number[], value: readonly number[], i: number): number | null => {
  if (i === 0) return null
  const seconds = ((atMs[i] ?? 0) - (atMs[i - 1] ?? 0)) / 1000
  const increase = (value[i] ?? 0) - (value[i - 1] ?? 0)
  return seconds <= 0 || increase < 0 ? null : increase / seconds
}

const faultBands = ({ faults, startedAtMs, endedAtMs }: Charted): Charts['faultBands'] =>
  faults.flatMap((fault) => {
    if (fault.activeAtMs === null) return []
    const seconds = (ms: number) => (ms - startedAtMs) / 1000
    if (fault.activeUntilMs !== undefined) {
      if (fault.activeUntilMs === null) return []
      const endS = seconds(fault.activeUntilMs)
      return [{ id: fault.id, label: fault.label, startS: seconds(fault.activeAtMs), endS, recoveredS: endS }]
    }
    const endMs = fault.oneShot ? fault.activeAtMs : (fault.removedAtMs ?? endedAtMs)
    const open = fault.perSli.some((sli) => sli.state === 'not-recovered' || sli.state === 'not-seen')
    const recoveredMs = fault.perSli.map((sli) => sli.recoveredAtMs).filter((ms) => ms !== null)
    return [
      {
        id: fault.id,
        label: fault.label,
        startS: seconds(fault.activeAtMs),
        endS: seconds(endMs),
        recoveredS: open ? null : seconds(Math.max(endMs, ...recoveredMs)),
      },
    ]
  })
