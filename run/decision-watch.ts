import type { CountObjective, ProportionObjective } from '../model/objective.ts'
import type { Plan } from '../model/plan.ts'
import type { LoadLine, StreamLine, WindowLine } from '../model/window.ts'
import { badIn } from '../verdict/bad-samples.ts'
import { allowedRatio } from '../verdict/binomial.ts'
import type { Certainty } from '../verdict/curtailment.ts'
import { certaintyOf } from '../verdict/curtailment.ts'
import { formatCount } from '../verdict/format.ts'
import { interruptedIterations } from '../verdict/interruptions.ts'
import type { LoadRecord } from '../verdict/load.ts'
import { addLoad, newLoad } from '../verdict/load.ts'
import { holds } from '../verdict/objectives/context.ts'
import { passMayBeCertain, plannedSamples, steadySeconds } from '../verdict/planned.ts'
import { bump } from '../verdict/seconds.ts'
import { selects } from '../verdict/selector.ts'
import { endedSoFar } from '../verdict/so-far.ts'

/** What may be looked at again: it costs some milliseconds in a long run. */
const everyMs = 1_000
/** Seconds kept on either side of the steady state: k6 takes the start of an iteration twice, at the turn of a second. */
const marginS = 1

/** The samples of an objective, by the seconds of the steady state and its margins. */
interface Counted {
  objective: ProportionObjective
  sli: ProportionObjective['sli']
  planned: number[]
  seconds: { samples: Uint32Array; badSamples: Uint32Array }
}

/**
 * Says when nothing that is still to come can change the verdict: a required objective has failed for certain, or, in a
 * run without faults, every required one holds for certain. Only samples and iterations that have ended are counted.
 */
export class DecisionWatch {
  #plan: Plan
  #span: { fromS: number; toS: number }
  #length: number
  #proportions: Counted[]
  #loads = new Map<string, LoadRecord>()
  #counts: { objective: CountObjective; bad: number }[]
  #nextMs = 0

  constructor(plan: Plan, startedAtMs: number) {
    this.#plan = plan
    this.#span = steadySeconds(plan, startedAtMs)
    this.#length = Math.max(0, this.#span.toS - this.#span.fromS) + 2 * marginS
    const required = plan.objectives.filter(({ gate }) => gate === 'required')
    this.#proportions = required
      .filter((objective) => objective.kind === 'proportion')
      .filter(({ phases }) => phases.includes('steady'))
      .map((objective) => ({
        objective,
        sli: objective.sli,
        planned: plannedSamples(plan, objective, startedAtMs),
        seconds: { samples: new Uint32Array(this.#length), badSamples: new Uint32Array(this.#length) },
      }))
    this.#counts = required
      .filter((objective) => objective.kind === 'count')
      .filter(({ phases }) => phases.includes('steady'))
      .map((objective) => ({ objective, bad: 0 }))
  }

  add(line: StreamLine): void {
    if (line.type === 'load') this.#addLoad(line)
    if (line.type !== 'window' || line.s < this.#span.fromS) return
    const isSteady = line.s < this.#span.toS
    for (const { objective, seconds } of this.#proportions) {
      if (!isSteady || !isOf(objective, line)) continue
      const at = this.#indexOf(line)
      bump(seconds.samples, at, line.n)
      bump(seconds.badSamples, at, badIn(line, objective.thresholdUs))
    }
    for (const count of this.#counts)
      if ((isSteady || isAlwaysJudged(count.objective)) && isOf(count.objective, line)) count.bad += badIn(line, null)
  }

  #indexOf({ s }: { s: number }): number {
    return s - this.#span.fromS + marginS
  }

  #addLoad(line: LoadLine): void {
    const at = this.#indexOf(line)
    if (at < 0 || at >= this.#length) return
    const load = this.#loads.get(line.scenario) ?? newLoad(line, this.#length)
    this.#loads.set(line.scenario, load)
    addLoad(load, at, line)
  }

  /** The first objective that decides, or null. */
  decided(nowMs: number): Certainty | null {
    if (nowMs < this.#nextMs) return null
    this.#nextMs = nowMs + everyMs
    for (const { objective, bad } of this.#counts) {
      if (!holds(bad, objective.op, objective.value))
        return { result: 'fail', text: `${objective.title}: ${formatCount(bad)} bad, ${objective.targetText} allowed` }
    }
    for (const load of this.#loads.values()) load.interrupted = interruptedIterations(load)
    const certain = this.#proportions.map((counted) => {
      const { objective, planned } = counted
      const soFar = endedSoFar(planned, marginS, counted, this.#loads.values())
      const certainty = certaintyOf(soFar, allowedRatio(objective.targetRatio))
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
