import type { ProportionObjective } from '../../model/objective.ts'
import type { Plan } from '../../model/plan.ts'
import type { LastingChange, Tally } from '../../model/verdict.ts'
import { allowedRatio } from '../binomial.ts'
import type { Folded } from '../fold.ts'
import { formatCount, formatRatio, plural } from '../format.ts'
import { shareOf } from './counts.ts'

const mostNamed = 5

/** `POST /x has not recovered: 100 % bad since 62 s (120 of 120; before: 0 of 240), 5 % allowed`. */
export const changeText = (
  objective: ProportionObjective,
  change: Omit<LastingChange, 'text'>,
  startedAtMs: number,
): string => {
  const what = change.request ?? objective.title
  const since = `${Math.round((change.sinceMs - startedAtMs) / 1000)} s`
  if (change.kind === 'silent') return `${what}: no such request was sent after ${since}`
  const share = `${formatRatio(shareOf(change.after))} bad since ${since}`
  const allowed = `${formatRatio(allowedRatio(objective.targetRatio))} allowed`
  return `${what} ${verb(change)}: ${share} (${counts(change.after)}; before: ${counts(change.before)}), ${allowed}`
}

const verb = ({ target, fault, fading }: Pick<LastingChange, 'target' | 'fault' | 'fading'>): string => {
  if (target === 'within') return 'changed for good'
  if (fault === null) return 'got worse for good'
  return target === 'open' || fading ? 'may not have recovered' : 'has not recovered'
}

/** Requests that were sent too seldom after a fault. */
export const rareNames = (rare: readonly string[]): string[] => {
  const names = [...new Set(rare)]
  if (names.length === 0) return []
  const more = names.length > mostNamed ? ` and ${plural(names.length - mostNamed, 'more request')}` : ''
  return [
    `Whether ${names.slice(0, mostNamed).join(', ')}${more} became as before: too few requests to ` +
      'detect even a total outage after each fault.',
  ]
}

/** Which request names were too many to be looked at one by one. */
export const leftNames = (plan: Plan, folded: Folded): string[] =>
  plan.objectives.flatMap((objective) => {
    const names = folded.slis.get(objective.id)?.names
    if (!names || names.left.size === 0) return []
    const looked = formatCount(names.byName.size)
    return [
      `${objective.title}: ${looked} request names were looked at one by one for a lasting change; ` +
        `${plural(names.left.size, 'more name')} only as part of the sum.`,
    ]
  })

const counts = ({ bad, due }: Tally): string => (due === 0 ? 'none' : `${formatCount(bad)} of ${formatCount(due)}`)
