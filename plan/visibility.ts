import type { Objective, ProportionObjective, ResilienceObjective } from '../model/objective.ts'
import type { Expectation } from '../model/plan.ts'
import { allowedRatio } from '../verdict/binomial.ts'
import { fewestInARow } from '../verdict/segments.ts'
import type { PlannedRun } from './reach.ts'
import { lengthOf, samplesOf } from './reach.ts'

/** Measures whose value bounds the length of an outage. */
const measures: readonly string[] = ['recoveryTime', 'rto', 'degradedSeconds']

/**
 * Whether the rate of each SLI shows an outage as short as the objective allows: it takes several bad requests in a row.
 * @returns an expectation that names the rate that would do; null where the rates are enough
 */
export const tooSeldom = (
  objective: ResilienceObjective,
  all: readonly Objective[],
  run: PlannedRun,
): Expectation | null => {
  if (!measures.includes(objective.measure) || objective.value <= 0) return null
  const seconds = (run.phases.recovery.endMs - run.phases.faults.startMs) / 1000
  const slis = all.filter(
    (other): other is ProportionObjective => other.kind === 'proportion' && objective.sliIds.includes(other.id),
  )
  const needs = slis.flatMap((sli) => {
    const steadyS = lengthOf(run.phases.steady) / 1000
    const perSecond = samplesOf({ ...sli, phases: ['steady'] }, run) / Math.max(1, steadyS)
    // Fewer than 20 requests in the whole run: the judge leaves such an SLI out.
    if (perSecond * seconds < 20) return []
    const inARow = fewestInARow(perSecond * seconds, allowedRatio(sli.targetRatio))
    const neededPerSecond = (1000 * inARow) / objective.value
    return perSecond < neededPerSecond ? [{ sli, perSecond, inARow, neededPerSecond }] : []
  })
  const [worst] = needs.toSorted((a, b) => b.neededPerSecond / b.perSecond - a.neededPerSecond / a.perSecond)
  if (!worst) return null
  const rate = (value: number) => `${Math.ceil(value * 10 - 1e-9) / 10}/s`
  return {
    objective: objective.id,
    samples: run.faults.length,
    needed: 1,
    provable: false,
    text:
      `no: ${worst.sli.id} has ${rate(worst.perSecond)}, and an outage shows by ${worst.inARow} bad requests in a row; ` +
      `${rate(worst.neededPerSecond)} would show one of ${objective.value / 1000} s`,
  }
}
