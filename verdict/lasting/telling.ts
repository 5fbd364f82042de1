import type { LastingChange } from '../../model/verdict.ts'
import { shareOf } from './counts.ts'

/** Names that are told one by one. */
const mostTold = 5
/** Share of an objective's additional bad requests from which on the names with them explain its change. */
const explained = 0.8

/** Against the target, the worst highest. */
export const gravity: Record<LastingChange['target'], number> = { within: 0, 'not-sent': 1, open: 2, broken: 3 }

/**
 * Of the changes of one objective in one view, those that say what happened, the worst first: the names where the
 * change is in half of them at most, else the objective as a whole; and always names that fare worse against the
 * target than the whole does.
 * @param changes at most one per series
 * @param names how many names the objective has
 */
export const tellingChanges = (changes: readonly LastingChange[], names: number): LastingChange[] => {
  const whole = changes.find(({ request }) => request === null)
  const named = changes
    .filter(({ request }) => request !== null)
    .sort((a, b) => gravity[b.target] - gravity[a.target] || weight(b) - weight(a))
  const few = named.slice(0, mostTold)
  if (!whole) return few
  const sum = few.reduce((total, change) => total + weight(change), 0)
  if (named.length * 2 <= names && sum >= explained * weight(whole)) return few
  return [...few.filter(({ target }) => gravity[target] > gravity[whole.target]), whole]
}

/** Bad requests beyond the share of before; of a request that is not sent any more, those that were. */
const weight = ({ kind, before, after }: LastingChange): number =>
  kind === 'silent' ? before.due : after.bad - shareOf(before) * after.due
