import type { ProportionObjective } from '../model/objective.ts'
import type { PhaseName } from '../model/slo.ts'
import { phaseNames } from '../model/slo.ts'
import type { BrokenSeconds, ObjectiveResult } from '../model/verdict.ts'
import { allowedRatio } from './binomial.ts'
import { formatCount, formatRatio, plural } from './format.ts'
import type { JudgeContext } from './objectives/context.ts'
import type { Seconds } from './seconds.ts'
import { upperTail } from './special.ts'

/** A second breaks the target when so many bad requests come by chance less often than this, as a bad window does. */
const unlikely = 1e-4

/**
 * Adds to the result of a proportion objective how bad single seconds were: a percentile over a phase does not show
 * stalls that come again and again.
 */
export const withBrokenSeconds = (
  result: ObjectiveResult,
  objective: ProportionObjective,
  { folded, phases, history }: Pick<JudgeContext, 'folded' | 'phases' | 'history'>,
): ObjectiveResult => {
  const record = folded.slis.get(objective.id)
  if (!record) return result
  const offsetS = folded.baseS - (history.startedAtMs ?? 0) / 1000
  const of = (names: readonly PhaseName[]) =>
    brokenSeconds(record.seconds, allowedRatio(objective.targetRatio), phases.in(names), offsetS)
  const perPhase = new Map(phaseNames.map((phase) => [phase, of([phase])]))
  const gating = of(objective.phases)
  return {
    ...result,
    phases: result.phases.map((entry) => {
      const seconds = perPhase.get(entry.phase)
      return seconds ? { ...entry, seconds } : entry
    }),
    ...(result.outcome === 'pass' && gating && gating.broken > 0 ? { hidden: `but ${gating.text}` } : {}),
  }
}

/**
 * Seconds whose own share of bad requests breaks the target, among those with enough requests to show it.
 * @param allowed share of bad requests that the target allows
 * @param offsetS seconds from the start of the load to index 0
 * @returns null where no second had enough requests
 */
export const brokenSeconds = (
  { due, bad, length }: Pick<Seconds, 'due' | 'bad' | 'length'>,
  allowed: number,
  counts: (at: number) => boolean,
  offsetS: number,
): BrokenSeconds | null => {
  let counted = 0
  let broken = 0
  let worst = -1
  const share = (at: number) => (bad[at] ?? 0) / (due[at] ?? 1)
  for (let at = 0; at < length; at++) {
    const n = due[at] ?? 0
    if (n === 0 || allowed ** n >= unlikely || !counts(at)) continue
    counted++
    const k = bad[at] ?? 0
    if (k > allowed * n && upperTail(k, n, allowed) < unlikely) broken++
    if (worst < 0 || share(at) > share(worst)) worst = at
  }
  if (worst < 0) return null
  const figures = { bad: bad[worst] ?? 0, due: due[worst] ?? 0, atS: Math.round(offsetS + worst) }
  return { counted, broken, worst: figures, text: textOf(counted, broken, figures) }
}

const textOf = (counted: number, broken: number, worst: BrokenSeconds['worst']): string =>
  broken === 0
    ? `no second breaks the target; worst ${worstText(worst)}`
    : `${formatCount(broken)} of ${plural(counted, 'second')} ${broken === 1 ? 'breaks' : 'break'} the target ` +
      `(${formatRatio(broken / counted)}); worst ${worstText(worst)}`

const worstText = ({ bad, due, atS }: BrokenSeconds['worst']): string =>
  `${formatRatio(bad / due)} bad (${formatCount(bad)} of ${formatCount(due)}) at ${formatCount(atS)} s`
