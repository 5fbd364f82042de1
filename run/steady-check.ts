import type { ProportionObjective } from '../model/objective.ts'
import type { Plan } from '../model/plan.ts'
import type { StreamLine, WindowLine } from '../model/window.ts'
import { allowedRatio, prove } from '../verdict/binomial.ts'

/**
 * Counts what the required objectives saw in steady state, so that no fault is started on a system
 * that has already broken its promise, or that nothing reached at all.
 */
export class SteadyCheck {
  #counts: { objective: ProportionObjective; n: number; bad: number }[]
  #startS: number
  #endS: number

  constructor(plan: Plan, startedAtMs: number) {
    this.#counts = plan.objectives
      .filter((objective) => objective.kind === 'proportion')
      .filter(({ gate }) => gate === 'required')
      .map((objective) => ({ objective, n: 0, bad: 0 }))
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
      count.n += line.n
      count.bad += badOf(line, thresholdUs)
    }
  }

  /** Why no fault should be started, or null. */
  reasonNotToStart(): string | null {
    if (this.#counts.length > 0 && this.#counts.every(({ n }) => n === 0)) return 'nothing was measured in steady state'
    const broken = this.#counts.find(
      ({ objective, n, bad }) => n > 0 && prove(bad, n, allowedRatio(objective.targetRatio)) === 'proven-fail',
    )
    if (!broken) return null
    return `steady state proves a breach of "${broken.objective.title}" (${broken.bad} of ${broken.n} bad)`
  }
}

const badOf = (line: WindowLine, thresholdUs: number | null): number => {
  if (!line.ok) return line.n
  if (thresholdUs === null) return 0
  return line.over?.find(([counted]) => counted === thresholdUs)?.[1] ?? 0
}
