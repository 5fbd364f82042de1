import type { ProportionObjective } from '../model/objective.ts'
import type { Plan } from '../model/plan.ts'
import type { LoadLine, StreamLine, WindowLine } from '../model/window.ts'
import { badIn } from '../verdict/bad-samples.ts'
import type { Batch } from '../verdict/batches.ts'
import { fewestSeconds, shareBounds, sumOf } from '../verdict/batches.ts'
import { allowedRatio, prove } from '../verdict/binomial.ts'
import { selects, takesDrops } from '../verdict/selector.ts'

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
    if (line.type !== 'window' && line.type !== 'load') return
    if (line.s < this.#startS || line.s >= this.#endS) return
    for (const { objective, seconds } of this.#counts) {
      const more = line.type === 'window' ? ofWindow(objective, line) : ofLoad(objective, line)
      const { n, bad } = seconds.get(line.s) ?? { n: 0, bad: 0 }
      if (more.n + more.bad > 0) seconds.set(line.s, { n: n + more.n, bad: bad + more.bad })
    }
  }

  /** Why no fault should be started, or null. */
  reasonNotToStart(): string | null {
    if (this.#counts.length > 0 && this.#counts.every(({ seconds }) => seconds.size === 0))
      return 'nothing was measured in steady state'
    for (const { objective, seconds } of this.#counts) {
      // The good request of an iteration that failed later may have started in another second.
      const inOrder = [...seconds].sort(([a], [b]) => a - b).map(([, { n, bad }]) => ({ n: Math.max(n, bad), bad }))
      const { bad, n } = sumOf(inOrder)
      if (provesBreach(inOrder, allowedRatio(objective.targetRatio)))
        return `steady state proves a breach of "${objective.title}" (${bad} of ${n} bad)`
    }
    return null
  }
}

/** Of fewer seconds than the judge decides on the laxer bound is taken: it errs on the side of no fault. */
const provesBreach = (seconds: readonly Batch[], allowed: number): boolean => {
  if (seconds.length >= fewestSeconds) return shareBounds(seconds).low > allowed
  const { bad, n } = sumOf(seconds)
  return prove(bad, n, allowed) === 'proven-fail'
}

const ofWindow = ({ sli, thresholdUs }: ProportionObjective, line: WindowLine): Batch =>
  selects(sli, line.metric, line.scenario, line.name) ? { n: line.n, bad: badIn(line, thresholdUs) } : nothing

/** Dropped and failed iterations are due requests that went wrong, as for the judge. */
const ofLoad = ({ sli }: ProportionObjective, line: LoadLine): Batch => {
  if (!takesDrops(sli, line.scenario, line.sli)) return nothing
  const { dropped, failed = 0, failedAfterGood = 0 } = line
  return { n: dropped + failed - Math.min(failed, failedAfterGood), bad: dropped + failed }
}

const nothing: Batch = { n: 0, bad: 0 }
