import { HoldfastError } from '../model/errors.ts'
import type { Objective } from '../model/objective.ts'
import type { Plan } from '../model/plan.ts'
import { assessProvability } from './expectations.ts'
import { refuseLost } from './lost.ts'
import { checkNames } from './names.ts'
import { checkObjectives, readSlo } from './objective-set.ts'
import { gameDaySource } from './objectives.ts'
import { fromPrometheus } from './prometheus.ts'

/** What a record's plan does not hold of its system. */
export interface RejudgedSystem {
  /** Names of the system's components. */
  components: string[]
  /** Whether the system reads back what was written. */
  hasAudit: boolean
  /** Components whose pods are known by their labels. */
  selected?: string[]
}

/**
 * The plan of a record with the objectives of another SLO document; the game day's own stay. What
 * was done is not changed by it.
 * @throws HoldfastError when the document is wrong, does not fit, or names what nothing declared when the run was
 *   planned; a record from before that was kept cannot tell a mistake from what another run would measure, and says so.
 */
export const rejudgedPlan = (plan: Plan, projectDir: string, sloFile: string, system: RejudgedSystem): Plan => {
  const slo = readSlo(projectDir, sloFile)
  const proportions = new Set(slo.objectives.filter(({ kind }) => kind === 'proportion').map(({ id }) => id))
  const kept = withWrittenGates(plan)
    .filter(({ source, id }) => source === gameDaySource && !slo.objectives.some((objective) => objective.id === id))
    .map((objective): Objective => {
      if (objective.kind !== 'resilience') return objective
      // SLOs that the new document has not are no longer looked at; none left means all of its own.
      return { ...objective, sliIds: objective.sliIds.filter((id) => proportions.has(id)) }
    })
  const written = [...slo.objectives, ...kept]
  checkObjectives(written, system.components, slo.file)
  if (plan.declared !== undefined) checkNames(slo.objectives, plan.declared, slo.file)
  const { objectives, expectations } = assessProvability(plan.prometheus ? fromPrometheus(written) : written, {
    ...plan,
    ...system,
  })
  if (!objectives.some(({ gate }) => gate === 'required'))
    throw new HoldfastError(`${slo.file}: the run can judge none of its required objectives`, {
      hint: 'Judge it by a document that asks for what the run has measured.',
    })
  if (plan.requireProof) refuseLost(expectations, plan.leavesOut ?? [], slo.file)
  return { ...plan, objectives, expectations, slo: { file: slo.file, sha256: slo.sha256 } }
}

/** What the run could not judge is `info` in its plan: by another document it is looked at anew. */
const withWrittenGates = ({ objectives, expectations }: Plan): Objective[] =>
  objectives.map((objective) => {
    const gate = expectations.find(({ objective: id }) => id === objective.id)?.notJudged?.gate
    return gate === undefined ? objective : { ...objective, gate }
  })
