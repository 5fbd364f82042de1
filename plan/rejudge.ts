import type { Objective } from '../model/objective.ts'
import type { Plan } from '../model/plan.ts'
import { assessProvability } from './expectations.ts'
import { checkObjectives, readSlo } from './objective-set.ts'
import { gameDaySource } from './objectives.ts'
import { fromPrometheus } from './prometheus.ts'

/**
 * The plan of a record with the objectives of another SLO document; the game day's own stay. What
 * was done is not changed by it.
 * @param components Names of the system's components.
 * @param hasAudit Whether the system reads back what was written.
 * @throws HoldfastError when the document is wrong or does not fit.
 */
export const rejudgedPlan = (
  plan: Plan,
  projectDir: string,
  sloFile: string,
  { components, hasAudit }: { components: string[]; hasAudit: boolean },
): Plan => {
  const slo = readSlo(projectDir, sloFile)
  const proportions = new Set(slo.objectives.filter(({ kind }) => kind === 'proportion').map(({ id }) => id))
  const kept = plan.objectives
    .filter(({ source, id }) => source === gameDaySource && !slo.objectives.some((objective) => objective.id === id))
    .map((objective): Objective => {
      if (objective.kind !== 'resilience') return objective
      // SLOs that the new document has not are no longer looked at; none left means all of its own.
      return { ...objective, sliIds: objective.sliIds.filter((id) => proportions.has(id)) }
    })
  const written = [...slo.objectives, ...kept]
  checkObjectives(written, components, slo.file)
  const { objectives, expectations } = assessProvability(plan.prometheus ? fromPrometheus(written) : written, {
    ...plan,
    hasAudit,
  })
  return { ...plan, objectives, expectations, slo: { file: slo.file, sha256: slo.sha256 } }
}
