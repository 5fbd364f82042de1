import type { CountObjective, ProportionObjective } from '../model/objective.ts'
import type { Plan } from '../model/plan.ts'
import type { StreamLine, WindowLine } from '../model/window.ts'
import { badIn } from '../verdict/bad-samples.ts'
import { allowedRatio } from '../verdict/binomial.ts'
import type { Certainty, SecondSoFar } from '../verdict/curtailment.ts'
import { certaintyOf } from '../verdict/curtailment.ts'
import { formatCount } from '../verdict/format.ts'
import { holds } from '../verdict/objectives/context.ts'
import { passMayBeCertain, plannedSamples, steadySeconds } from '../verdict/planned.ts'
import { selects } from '../verdict/selector.ts'

/** What may be looked at again: it costs some milliseconds in a long run. */
const everyMs = 1_000

/**
 * Says when nothing that is still to come can change the verdict: a required objective has failed for certain, or, in a
 * run without faults, every required one holds for certain. Only samples that have ended are counted.
 */
export class DecisionWatch {
  #plan: Plan
  #span: { fromS: number; toS: number }
  #proportions: { objective: ProportionObjective; seconds: SecondSoFar[] }[]
  #counts: { objective: CountObjective; bad: number }[]
  #nextMs = 0

  constructor(plan: Plan, startedAtMs: number) {
    this.#plan = plan
    this.#span = steadySeconds(plan, startedAtMs)
    const required = plan.objectives.filter(({ gate }) => gate === 'required')
    this.#proportions = required
      .filter((objective) => objective.kind === 'proportion')
      .filter(({ phases }) => phases.includes('steady'))
      .map((objective) => ({
        objective,
        seconds: plannedSamples(plan, objective, startedAtMs).map((planned) => ({ planned, good: 0, bad: 0 })),
      }))
    this.#counts = required
      .filter((objective) => objective.kind === 'count')
      .filter(({ phases }) => phases.includes('steady'))
      .map((objective) => ({ objective, bad: 0 }))
  }

  add(line: StreamLine): void {
    if (line.type !== 'window' || line.s < this.#span.fromS) return
    const isSteady = line.s < this.#span.toS
    for (const { objective, seconds } of this.#proportions) {
      const second = seconds[line.s - this.#span.fromS]
      if (!second || !isOf(objective, line)) continue
      const bad = badIn(line, objective.thresholdUs)
      second.bad += bad
      second.good += line.n - bad
    }
    for (const count of this.#counts)
      if ((isSteady || isAlwaysJudged(count.objective)) && isOf(count.objective, line)) count.bad += badIn(line, null)
  }

  /** The first objective that decides, or null. */
  decided(nowMs: number): Certainty | null {
    if (nowMs < this.#nextMs) return null
    this.#nextMs = nowMs + everyMs
    for (const { objective, bad } of this.#counts) {
      if (!holds(bad, objective.op, objective.value))
        return { result: 'fail', text: `${objective.title}: ${formatCount(bad)} bad, ${objective.targetText} allowed` }
    }
    const certain = this.#proportions.map(({ objective, seconds }) => {
      const certainty = certaintyOf(seconds, allowedRatio(objective.targetRatio))
      return certainty && { ...certainty, text: `${objective.title}: ${certainty.text}` }
    })
    const failed = certain.find((certainty) => certainty?.result === 'fail')
    if (failed) return failed
    const [first] = certain
    return first && passMayBeCertain(this.#plan) && certain.every((certainty) => certainty?.result === 'pass')
      ? { result: 'pass', text: certain.map((certainty) => certainty?.text).join('; ') }
      : null
  }
}

const isOf = ({ sli }: ProportionObjective | CountObjective, line: WindowLine): boolean =>
  selects(sli, line.metric, line.scenario, line.name)

/** After a fault nothing but the judge knows which phase a second is in. */
const isAlwaysJudged = ({ phases }: CountObjective): boolean => phases.includes('fault') && phases.includes('recovered')
