import type { Plan } from '../model/plan.ts'
import type { PhaseName } from '../model/slo.ts'
import { blockSeconds, fewestBlocks } from './bootstrap.ts'
import { judgeHealth } from './health.ts'
import type { LatencyGrid } from './latency-grid.ts'
import { sumGrid } from './latency-grid.ts'
import type { RunData } from './read-run.ts'
import type { Histogram } from './windows.ts'
import { addHistogram, newHistogram } from './windows.ts'

/** Phases in which users should fare as well as in the run before. */
export const comparedPhases: readonly PhaseName[] = ['steady', 'recovered']

/** Most blocks of a phase; those of longer phases are longer, which only widens the interval. */
const mostBlocks = 60

/** Latencies of one objective in one phase, block by block in the order of time. */
export interface MeasuredLatency {
  objective: string
  phase: PhaseName
  blocks: Histogram[]
  blockSeconds: number
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
    return comparedPhases.map((phase) => ({ objective: objective.id, phase, ...blocksOf(grid, phases.in([phase])) }))
  })
  return { runId: plan.runId, plan, unfit: unfitness(run), latencies, chart }
}

/** Blocks of 10 s where there are at least 10 of them, else of one second each. */
const blocksOf = (
  grid: LatencyGrid,
  counts: (at: number) => boolean,
): Pick<MeasuredLatency, 'blocks' | 'blockSeconds'> => {
  const columns = grid.columns.filter(
    (histogram, at) => histogram !== null && counts(Math.floor((at + 0.5) * grid.step)),
  ) as Histogram[]
  const seconds = columns.length * grid.step
  const wanted = seconds < blockSeconds * fewestBlocks ? 1 : Math.max(blockSeconds, seconds / mostBlocks)
  const width = Math.max(1, Math.round(wanted / grid.step))
  const blocks: Histogram[] = []
  columns.forEach((histogram, at) => {
    // An unfinished last block would weigh as much as a full one when it is drawn: it joins the one before.
    const full = columns.length - (at - (at % width)) >= width
    if (at % width === 0 && (full || blocks.length === 0)) blocks.push(newHistogram(3))
    addHistogram(blocks.at(-1) as Histogram, histogram)
  })
  return { blocks, blockSeconds: width * grid.step }
}

const unfitness = ({ plan, history, folded, phases, startedAtMs, endedAtMs }: RunData): string | null => {
  if (history.startedAtMs === null) return 'its load never started'
  if (!history.complete || !folded.ended) return 'its record has no end'
  if (history.ended !== 'completed') return `it did not end as planned (${history.ended})`
  if (folded.damaged + history.damaged > 0) return 'its record is damaged'
  const { invalidReasons } = judgeHealth(plan, folded, phases, startedAtMs, endedAtMs)
  return invalidReasons.length === 0 ? null : `it is invalid: ${invalidReasons.join('; ')}`
}
