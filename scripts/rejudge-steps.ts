import type { CapacityStep } from '../model/capacity.ts'
import type { Plan } from '../model/plan.ts'
import { stepDir } from '../run/ledgers.ts'
import { readPlan, recordFiles } from '../run/record.ts'
import { isInRecord } from '../run/record-files.ts'
import { judgeStep } from './judge-record.ts'

/**
 * The plan of a search's record with each of its steps judged anew, since one sentence about the capacity can't speak for
 * two documents. Which rates were tried stays as it was. Null where the steps' records are not all there.
 * @param replan the plan of a step with the objectives to judge it by
 */
export const rejudgedSteps = async (
  plan: Plan,
  recordDir: string,
  replan: (plan: Plan) => Plan,
): Promise<Plan | null> => {
  const tried = (plan.capacity?.steps ?? []).map(({ factor }, at) => ({ factor, dir: stepDir(recordDir, at + 1) }))
  if (!tried.every(({ dir }) => isInRecord(dir, recordFiles.plan))) return null
  const steps: CapacityStep[] = []
  for (const { factor, dir } of tried) {
    // A run that was to confirm a rate, and did not, knows of the steps before it.
    const { point } = await judgeStep(dir, withSteps(replan(readPlan(dir)), steps))
    steps.push({ ...point, factor })
  }
  return withSteps(plan, steps)
}

const withSteps = (plan: Plan, steps: readonly CapacityStep[]): Plan =>
  plan.capacity === undefined ? plan : { ...plan, capacity: { ...plan.capacity, steps: [...steps] } }
