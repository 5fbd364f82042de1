import type { ProportionObjective } from '../model/objective.ts'
import type { Plan } from '../model/plan.ts'
import type { StreamLine, WindowLine } from '../model/window.ts'
import type { Batch } from '../verdict/batches.ts'
import { fewestSeconds, shareBounds, sumOf } from '../verdict/batches.ts'
import { allowedRatio } from '../verdict/binomial.ts'

/**
 * Counts what the required objectives saw in steady state, so that no fault is started on a system
 * that has already broken its promise, or that nothing reached at all.
 */
export class SteadyCheck {
  #counts: { objective: ProportionObjective; seconds: Map<number, Batch> }[]
  #startS: number
  #endS: number

  constructor(plan: Plan, startedAtMs: number) {
    this.#counts = plan.objectives
      .filter((objective) => objective.kind === 'proportion')
      .filter(({ gate }) => gate === 'required')
      .map((objective) => ({ objective, seconds: new Map() }))
    this.#startS = Math.ceil((startedAtMs + plan.phases.steady.startMs) / 1000)
    this.#endS = Math.floor((startedAtMs + plan.phases.steady.endMs) / 1000)
  }

  add(line: StreamLine): void {
    if (line.type !== 'window' || line.s < this.#startS || line.s >= this.#endS) return
    for (const count of this.#counts) {
      const { sli, thresholdUs } = count.objective
      if (line.metric !== sli.metric) continue
      if (sli.names && !sli.names.includes(line.name)) continue
      if (sli.scenarios && !sli.scenarios.includes(line.scenario)) continue
      const second = count.seconds.get(line.s) ?? { n: 0, bad: 0 }
      count.seconds.set(line.s, { n: second.n + line.n, bad: second.bad + badOf(line, thresholdUs) })
    }
  }

  /** Why no fault should be started, or null. */
  reasonNotToStart(): string | null {
    if (this.#counts.length > 0 && this.#counts.every(({ seconds }) => seconds.size === 0))
      return 'nothing was measured in steady state'
    for (const { objective, seconds } of this.#counts) {
      if (seconds.size < fewestSeconds) continue
      const inOrder = [...seconds].sort(([a], [b]) => a - b).map(([, second]) => second)
      if (shareBounds(inOrder).low <= allowedRatio(objective.targetRatio)) continue
      const { bad, n } = sumOf(inOrder)
      return `steady state proves a breach of "${objective.title}" (${bad} of ${n} bad)`
    }
    return null
  }
}

const badOf = (line: WindowLine, thresholdUs: number | null): number => {
  if (!line.ok) return line.n
  if (thresholdUs === null) return 0
  return line.over?.find(([counted]) => counted === thresholdUs)?.[1] ?? 0
}
