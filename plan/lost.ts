import { HoldfastError } from '../model/errors.ts'
import type { Objective } from '../model/objective.ts'
import { didYouMean } from '../model/parse.ts'
import type { Expectation } from '../model/plan.ts'

/** @throws HoldfastError for a name in `leavesOut` that no objective has. */
export const checkLeavesOut = (leavesOut: readonly string[], written: readonly Objective[], file: string): void => {
  const names = written.map(({ id }) => id)
  const unknown = leavesOut.find((name) => !names.includes(name))
  if (unknown === undefined) return
  throw new HoldfastError(`${file}: leavesOut: there is no objective "${unknown}"`, {
    hint: didYouMean(unknown, names),
  })
}

/**
 * A run that has to prove its objectives must be able to judge every required one.
 * @throws HoldfastError that names those it cannot judge, but for those that the game day leaves out.
 */
export const refuseLost = (expectations: readonly Expectation[], leavesOut: readonly string[], file: string): void => {
  const lost = expectations.filter(
    ({ objective, notJudged }) => notJudged?.gate === 'required' && !leavesOut.includes(objective),
  )
  if (lost.length === 0) return
  const reasons = [...new Set(lost.map(({ notJudged }) => notJudged?.reason))]
  const namesFor = (reason: string | undefined) =>
    lost.flatMap(({ objective, notJudged }) => (notJudged?.reason === reason ? [objective] : [])).join(', ')
  const named = reasons.map((reason) => `${namesFor(reason)} (${reason})`).join('; ')
  throw new HoldfastError(`${file}: proof is required, and this run cannot judge: ${named}`, {
    hint: `Add what they need, or write leavesOut: [${lost.map(({ objective }) => `'${objective}'`).join(', ')}] in the game day if it is not about them.`,
  })
}
