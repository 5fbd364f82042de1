import type { CapacityStep, Saturation } from '../model/capacity.ts'
import type { Plan } from '../model/plan.ts'
import type { Verdict } from '../model/verdict.ts'
import { formatRatio } from './format.ts'
import { cpuLimitRatio, plannedIterations } from './health.ts'
import { sumGrid } from './latency-grid.ts'
import type { RunData } from './read-run.ts'
import { generator, seriesOf } from './resources.ts'
import { sumSeconds } from './seconds.ts'
import { usageFigures, usageLines } from './usage.ts'
import { quantileUs } from './windows.ts'

/** A queue that doubles within a step, by at least so many, is one that grows. */
const leastGrowth = 20

/** What a run shows of its rate: one point of the capacity curve. */
export const loadPoint = (run: RunData, verdict: Verdict, factor: number): CapacityStep => {
  const { folded, phases } = run
  const steady = phases.in(['steady'])
  const latency = folded.chart.grid ? sumGrid(folded.chart.grid, steady) : null
  const ms = (q: number): number | null => {
    const us = latency && quantileUs(latency, q)
    return us === null ? null : us / 1000
  }
  const { due, failed } = sumSeconds(folded.chart.seconds, steady)
  return {
    factor,
    ...stateOf(verdict),
    // A guard may stop a step in its warm-up: then the rate that broke is the one that was to come.
    offeredPerSecond: verdict.load.steadyOfferedPerSecond || plannedPerSecond(run.plan),
    achievedPerSecond: verdict.load.steadyAchievedPerSecond,
    p50Ms: ms(0.5),
    p95Ms: ms(0.95),
    errorRatio: due === 0 ? null : failed / due,
    saturation: saturations(run, verdict.load.k6CpuRatio, steady),
  }
}

/** Mean arrival rate that was planned for the steady state. */
const plannedPerSecond = ({ load, phases: { steady } }: Plan): number => {
  const seconds = (steady.endMs - steady.startMs) / 1000
  const planned = load.reduce((sum, each) => sum + plannedIterations(each, steady.startMs, steady.endMs), 0)
  return seconds > 0 ? planned / seconds : 0
}

/**
 * By the run's own objectives and proofs. Where the load generator was at its own limit nothing is
 * held against the system: latencies that k6 measures without a CPU to measure them with are its own.
 */
const stateOf = (verdict: Verdict): Pick<CapacityStep, 'state' | 'reason'> => {
  const { objectives, result, invalidReasons, sentence, ended, load } = verdict
  if (invalidReasons.length > 0) return { state: 'not-offered', reason: invalidReasons.join('; ') }
  if (load.k6CpuRatio !== null && load.k6CpuRatio > cpuLimitRatio)
    return { state: 'not-offered', reason: `k6 used ${formatRatio(load.k6CpuRatio)} of its CPU` }
  const broken = objectives.find(({ gate, outcome }) => gate === 'required' && outcome === 'fail')
  if (broken) return { state: 'broke', reason: `${broken.title}: ${broken.measured.text}, target ${broken.targetText}` }
  if (ended === 'guard') return { state: 'broke', reason: sentence }
  return result === 'pass' ? { state: 'held', reason: '' } : { state: 'unclear', reason: sentence }
}

type Counts = (at: number) => boolean

/** CPU, pools and queues of every component, and the machine's CPU; highest first. */
const saturations = ({ folded }: RunData, k6CpuRatio: number | null, counts: Counts): Saturation[] => {
  const { usage } = folded
  const inside = (values: readonly (number | null)[]): number[] =>
    values.filter((value, at): value is number => value !== null && counts(Math.floor((at + 0.5) * usage.step)))
  const found: Saturation[] = []
  let cores = 0
  for (const figure of usageFigures) {
    for (const { component, instances, value } of usageLines(usage, figure)) {
      const values = inside(value)
      if (values.length === 0) continue
      if (figure.series === 'process_cpu_seconds') {
        const used = mean(values)
        cores += used
        found.push({ resource: `CPU of ${component} (one core each)`, ratio: used / instances })
      } else if (figure.series === 'db_pool_used_ratio') {
        found.push({ resource: `connection pool of ${component}`, ratio: mean(values) / 100 })
      } else if (figure.series === 'queue_depth' || figure.series === 'consumer_lag') {
        const third = Math.ceil(values.length / 3)
        const [before, after] = [mean(values.slice(0, third)), mean(values.slice(-third))]
        if (after > 2 * before && after - before >= leastGrowth)
          found.push({ resource: `${figure.title.toLowerCase()} of ${component} (grows)`, ratio: 1 })
      }
    }
  }
  const limit = seriesOf(folded.resources, generator.cores, generator.component)[0]?.value.at(-1)
  if (limit !== undefined && limit > 0 && k6CpuRatio !== null)
    found.push({ resource: 'CPU of the machine, the load generator included', ratio: cores / limit + k6CpuRatio })
  return found.sort((a, b) => b.ratio - a.ratio)
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length
