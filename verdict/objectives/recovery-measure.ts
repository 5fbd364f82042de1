import type { ResilienceObjective } from '../../model/objective.ts'
import type { Outcome, Range, SliRecovery } from '../../model/verdict.ts'
import { formatSeconds } from '../format.ts'
import { holds } from './context.ts'

/** The range of a measure that is known to a width, in the objective's base unit (ms); null for all others. */
export const rangeOf = (measure: ResilienceObjective['measure'], { ranges, ...sli }: SliRecovery): Range | null => {
  if (!ranges) return null
  const isOpen = sli.state === 'not-recovered' || sli.state === 'not-seen'
  const open = (range: Range): Range => (isOpen ? { low: range.low, high: null } : range)
  switch (measure) {
    case 'recoveryTime':
      return isOpen ? { low: sli.recoveryMs ?? 0, high: null } : ranges.recovery
    case 'rto':
      return isOpen ? { low: sli.rtoMs ?? 0, high: null } : ranges.rto
    case 'timeToImpact':
      return ranges.impact
    case 'degradedSeconds': {
      const { low, high } = open(ranges.degradedSeconds)
      return { low: low * 1000, high: high === null ? null : high * 1000 }
    }
    default:
      return null
  }
}

/** Pass and fail only where the whole range says so: the unfavourable end decides. */
export const judgeRange = ({ op, value }: ResilienceObjective, { low, high }: Range): Outcome => {
  const [best, worst] = op === 'lt' || op === 'lte' ? [low, high] : [high, low]
  if (worst !== null && holds(worst, op, value)) return 'pass'
  return best !== null && !holds(best, op, value) ? 'fail' : 'inconclusive'
}

/** The middle of a range with its half width: `2.1 s ± 0.1`; one without an upper end as `≥ 3.0 s`. */
export const rangeText = ({ low, high }: Range): string =>
  high === null ? `≥ ${formatSeconds(low)}` : `${formatSeconds((low + high) / 2)} ± ${halfWidthText((high - low) / 2)}`

/** In seconds, rounded up, 0.1 at least. */
export const halfWidthText = (halfMs: number): string => Math.max(0.1, Math.ceil(halfMs / 100 - 0.01) / 10).toFixed(1)

/** `[2.0 s, 2.2 s]`. */
export const rangeInterval = ({ low, high }: Range): string =>
  `[${formatSeconds(low)}, ${high === null ? '∞' : formatSeconds(high)}]`

/** Why a range that reaches over the bound, or has no upper end, leaves the objective open. */
export const openReason = (sli: SliRecovery, { value }: ResilienceObjective, range: Range): string => {
  switch (sli.state) {
    case 'not-recovered':
    case 'not-seen':
      return `≥ ${formatSeconds(range.low)}; ${openWords(sli)}`
    case 'absorbed':
    case 'cannot-tell':
      if (sli.episodes === 0 && range.high === null)
        return 'more bad requests than usual while the fault was there or right after, and too few to tell an outage by'
      return sli.episodes === 0
        ? `no outage was seen, and one shorter than ${formatSeconds(range.high ?? 0)} would not show at this rate; a rate ${factorText((range.high ?? 0) / value)} as high would show it`
        : `${rangeInterval(range)}; nothing proves whether the fault did it: the steady state was too short, or had trouble of its own`
    default:
      return `${rangeText(range)}; the target lies within the range that the edges allow, ${rangeInterval(range)}`
  }
}

/** Why a recovery has no upper end. */
export const openWords = ({ state, change }: SliRecovery): string => {
  if (change) return `${change.request ?? 'its requests'} did not become as before`
  return state === 'not-recovered'
    ? 'had not recovered when the run or the next fault ended the view'
    : 'the run or the next fault ended the view before it was stable'
}

const factorText = (factor: number): string =>
  Number.isFinite(factor) ? `${(Math.ceil(factor * 10) / 10).toFixed(1)} times` : 'many times'
