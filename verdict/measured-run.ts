import type { Plan } from '../model/plan.ts'
import type { PhaseName } from '../model/slo.ts'
import { judgeHealth } from './health.ts'
import type { LatencyGrid } from './latency-grid.ts'
import { sumGrid, wholeColumns } from './latency-grid.ts'
import { sumsDisagree } from './line-sums.ts'
import type { RunData } from './read-run.ts'
import type { Histogram } from './windows.ts'
import { addHistogram, newHistogram } from './windows.ts'

/** Phases in which users should fare as well as in the run before. */
export const comparedPhases: readonly PhaseName[] = ['steady', 'recovered']

/** Most pieces of a phase: enough to cut it into any number of batches. */
const mostPieces = 120

/** Latencies of one objective in one phase, piece by piece in the order of time. */
export interface MeasuredLatency {
  objective: string
  phase: PhaseName
  pieces: Histogram[]
  /** Seconds with requests. */
  seconds: number
}

/** What a comparison needs of a run. */
export interface MeasuredRun {
  runId: string
  plan: Plan
  /** Why nothing may be concluded from it; null when it is a whole and valid run. */
  unfit: string | null
  latencies: MeasuredLatency[]
  /** All requests of the latency objectives in steady state, for the percentile curve. */
  chart: Histogram
}

/** The latencies of a run that was read with the objectives to compare by. */
export const measureRun = (run: RunData): MeasuredRun => {
  const { plan, folded, phases } = run
  const chart = folded.chart.grid ? sumGrid(folded.chart.grid, phases.in(['steady'])) : newHistogram(3)
  const latencies = plan.objectives.flatMap((objective) => {
    const grid = folded.slis.get(objective.id)?.grid
    if (objective.kind !== 'proportion' || objective.thresholdUs === null || objective.gate === 'info' || !grid)
      return []
    return comparedPhases.map((phase) => ({ objective: objective.id, phase, ...piecesOf(grid, phases.in([phase])) }))
  })
  return { runId: plan.runId, plan, unfit: unfitness(run), latencies, chart }
}

const piecesOf = (grid: LatencyGrid, counts: (at: number) => boolean): Pick<MeasuredLatency, 'pieces' | 'seconds'> => {
  const columns = wholeColumns(grid, counts)
  const width = Math.max(1, Math.ceil(columns.length / mostPieces))
  const pieces: Histogram[] = []
  columns.forEach((histogram, at) => {
    if (at % width === 0) pieces.push(newHistogram(3))
    addHistogram(pieces.at(-1) as Histogram, histogram)
  })
  return { pieces, seconds: columns.length * grid.step }
}

const unfitness = ({ plan, history, folded, phases, startedAtMs, endedAtMs }: RunData): string | null => {
  if (history.startedAtMs === null) return 'its load never started'
  if (!history.complete || !folded.ended) return 'its record has no end'
  if (history.ended !== 'completed') return `it did not end as planned (${history.ended})`
  if (folded.damaged + history.damaged > 0) return 'its record is damaged'
  if (sumsDisagree(folded.sums).length + history.disorder.length > 0) return 'its record does not agree with itself'
  const { invalidReasons } = judgeHealth(plan, folded, phases, startedAtMs, endedAtMs)
  return invalidReasons.length === 0 ? null : `it is invalid: ${invalidReasons.join('; ')}`
}
