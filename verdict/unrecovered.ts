import type { PhaseName } from '../model/slo.ts'
import type { FaultResult, ObjectiveResult, SliRecovery } from '../model/verdict.ts'
import { circled, formatCount } from './format.ts'
import { nobodyWatched } from './recover-groups.ts'

/**
 * Faults whose effect on a watched SLI was not over at the end of the run, or could not be seen to be over: nothing
 * good can be said of such a run, whatever objectives it has. A fault that the next one cut off is over when users are
 * seen to be well after that one.
 * @param watched see `watchedSlis`
 */
export const unrecovered = (faults: readonly FaultResult[], watched: ReadonlySet<string>): string[] => {
  const injected = faults.filter(({ activeAtMs, group, id }) => activeAtMs !== null && group[0] === id)
  return injected.flatMap((fault) => {
    const name = `${circled(faults.indexOf(fault))} ${fault.label}`
    const slis = fault.perSli.filter(({ objective }) => watched.has(objective))
    if (watched.size === 0) return [`${name}: ${nobodyWatched}`]
    if (slis.length === 0) return [`${name}: no SLI had enough requests to see its effect with`]
    const open = slis.filter((sli) => !isOver(sli) && !isOverLater(sli, fault, injected))
    const [worst] = open.toSorted((a, b) => rank(b) - rank(a))
    return worst ? [`${name}: ${words(worst)} (${open.map(({ objective }) => objective).join(', ')})`] : []
  })
}

const isOver = ({ state }: SliRecovery): boolean =>
  state === 'recovered' || state === 'absorbed' || state === 'cannot-tell'

const isOverLater = (sli: SliRecovery, fault: FaultResult, injected: readonly FaultResult[]): boolean =>
  sli.state !== 'no-data' &&
  injected
    .filter(({ activeAtMs }) => (activeAtMs ?? 0) > (fault.activeAtMs ?? 0))
    .some(({ perSli }) => perSli.some((later) => later.objective === sli.objective && isOver(later)))

const rank = ({ state }: SliRecovery): number => ['no-data', 'not-seen', 'not-recovered'].indexOf(state)

const words = ({ state, change }: SliRecovery): string => {
  if (change) return change.text
  if (state === 'not-recovered') return 'users had not recovered when the run ended'
  return state === 'not-seen'
    ? 'the run ended before it was seen whether users had recovered'
    : 'no request was due while it was there'
}

/**
 * A service level that should hold in the recovered phase, in a run that has none: its steady state alone says nothing
 * of what the fault did.
 * @param reached the phases that really happened
 */
export const withoutRecovered = (
  result: ObjectiveResult,
  reached: ReadonlySet<PhaseName>,
  gating: readonly PhaseName[],
): ObjectiveResult => {
  if (result.kind !== 'proportion' || result.outcome !== 'pass') return result
  if (!gating.includes('recovered') || !reached.has('fault') || reached.has('recovered')) return result
  const fault = result.phases.find(({ phase }) => phase === 'fault')
  const under =
    fault && fault.n > 0 ? `; in the fault phase ${formatCount(fault.bad)} bad of ${formatCount(fault.n)}` : ''
  return {
    ...result,
    outcome: 'inconclusive',
    proven: false,
    reasonCode: 'not-recovered',
    reason: `steady state only, no recovered phase was reached: ${result.reason}${under}`,
  }
}
