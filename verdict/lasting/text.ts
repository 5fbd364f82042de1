import type { ProportionObjective } from '../../model/objective.ts'
import type { Plan } from '../../model/plan.ts'
import type { LastingChange, Tally } from '../../model/verdict.ts'
import { allowedRatio } from '../binomial.ts'
import type { Folded } from '../fold.ts'
import { formatCount, formatRatio, plural } from '../format.ts'
import { shareOf } from './counts.ts'

/** `POST /x has not recovered: 100 % bad since 62 s (120 of 120), 0 % before (0 of 240)`. */
export const changeText = (
  objective: ProportionObjective,
  change: Omit<LastingChange, 'text'>,
  startedAtMs: number,
): string => {
  const what = change.request ?? objective.title
  const since = `${Math.round((change.sinceMs - startedAtMs) / 1000)} s`
  if (change.kind === 'silent') return `${what}: none was sent any more from ${since} on`
  const shares = `${share(change.after)} since ${since}, ${share(change.before)} before`
  const allowed = `${formatRatio(allowedRatio(objective.targetRatio))} allowed`
  if (change.target === 'within') return `${what} changed for good: ${shares}, ${allowed}`
  if (change.fault === null) return `${what} got worse for good: ${shares}, ${allowed}`
  if (change.target === 'open' || change.fading) return `${what} may not have recovered: ${shares}, ${allowed}`
  return `${what} has not recovered: ${shares}, ${allowed}`
}

/** Which request names were too many to be looked at one by one. */
export const unseenNames = (plan: Plan, folded: Folded): string[] =>
  plan.objectives.flatMap((objective) => {
    const names = folded.slis.get(objective.id)?.names
    if (!names || names.left.size === 0) return []
    const looked = formatCount(names.byName.size)
    return [
      `${objective.title}: ${looked} request names were looked at one by one for a lasting change; ` +
        `${plural(names.left.size, 'more name')} only as part of the sum.`,
    ]
  })

const share = (tally: Tally): string =>
  `${formatRatio(shareOf(tally))} bad (${formatCount(tally.bad)} of ${formatCount(tally.due)})`
