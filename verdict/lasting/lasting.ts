import type { ProportionObjective } from '../../model/objective.ts'
import type { Plan } from '../../model/plan.ts'
import type { LastingChange, Tally } from '../../model/verdict.ts'
import { allowedRatio, prove } from '../binomial.ts'
import type { Folded } from '../fold.ts'
import type { History } from '../history.ts'
import { recoverySlis } from '../recover-groups.ts'
import type { Span, Sums } from './counts.ts'
import { shareOf } from './counts.ts'
import { dispersion } from './dispersion.ts'
import type { Series } from './series.ts'
import { inColumns, seriesCount, seriesOf } from './series.ts'
import type { Shift } from './shift.ts'
import { fewestFound, findShift, scoreNeeded } from './shift.ts'
import { silentFrom } from './silence.ts'
import { tellingChanges } from './telling.ts'
import { changeText, leftNames, rareNames } from './text.ts'
import type { View, Views } from './views.ts'
import { viewsOf } from './views.ts'

/** A rise in the steady state needs at least so many columns before it. */
const fewestBefore = 5

/**
 * What got worse for good: of every required proportion objective, as a whole and for each of its request names, in
 * the steady state and after each group of faults.
 */
export const lastingChanges = (plan: Plan, history: History, folded: Folded, startedAtMs: number): Lasting => {
  if (history.startedAtMs === null || folded.lastIndex < 0) return { changes: [], unseen: [] }
  const views = viewsOf(plan, history, folded, startedAtMs)
  const objectives = watched(plan)
  const series = objectives.reduce((sum, objective) => sum + seriesCount(objective, folded), 0)
  const scopes: View[] = [{ group: null, injected: views.steady.from, span: views.steady }, ...views.after]
  const least = scoreNeeded(series * scopes.length)
  const look: Look = { plan, folded, startedAtMs, views, least }
  const changes: LastingChange[] = []
  const rare: string[] = []
  // One objective after the other, so that only the sums of one are held.
  for (const objective of objectives) {
    const own = seriesOf(objective, plan, folded)
    for (const scope of scopes) {
      const found = own.flatMap((one) => changeOf(one, scope, look) ?? [])
      changes.push(...tellingChanges(found, own.length - 1))
      if (scope.group) rare.push(...own.flatMap((one) => (isTooRare(one, scope, look) ? (one.request ?? []) : [])))
    }
  }
  return { changes, unseen: [...rareNames(rare), ...leftNames(plan, folded)] }
}

/** What got worse for good, and what could not be looked at. */
export interface Lasting {
  changes: LastingChange[]
  /** Sentences for what the run cannot tell. */
  unseen: string[]
}

/** The objectives whose changes matter: those that gate, and those by which recovery is seen. */
const watched = (plan: Plan): ProportionObjective[] => {
  const recovery = new Set(recoverySlis(plan))
  return plan.objectives.filter(
    (objective): objective is ProportionObjective =>
      objective.kind === 'proportion' && (objective.gate === 'required' || recovery.has(objective)),
  )
}

interface Look {
  plan: Plan
  folded: Folded
  startedAtMs: number
  views: Views
  least: number
}

const changeOf = (series: Series, scope: View, look: Look): LastingChange | null => {
  const { sums, step } = series
  const { group } = scope
  const steady = inColumns(look.views.steady, step, false)
  const view = inColumns(scope.span, step, group === null || group.censoredAtMs === null)
  if (view.to <= view.from) return null
  const middle = Math.ceil((steady.from + steady.to) / 2)
  const [usual, later] = group
    ? [steady, view]
    : [
        { ...steady, to: middle },
        { ...view, from: middle },
      ]
  const first = group ? Math.ceil(scope.injected / step) : later.from
  const silent = silentFrom(sums, series.offered, usual, { from: first, to: later.to })
  if (silent !== null)
    return told(series, scope, look, {
      kind: 'silent',
      from: silent,
      before: sums.of(usual.from, usual.to),
      after: sums.of(silent, later.to),
      target: 'not-sent',
      fading: false,
    })
  const found = findShift(sums, {
    reference: group ? () => steady : (from) => ({ from: steady.from, to: from }),
    view: group ? view : { ...view, from: view.from + fewestBefore },
    allowed: allowedRatio(series.objective.targetRatio),
    least: look.least,
    stable: Math.ceil(look.plan.stableForMs / 1000 / step),
  })
  if (found === null) return null
  const from = group ? began(sums, found, view, first) : found.from
  return told(series, scope, look, { ...found, kind: 'worse', from, target: against(series, found, view.to) })
}

/** Whether not even a total outage after the fault would be found: the request is sent too seldom. */
const isTooRare = ({ objective, sums, step }: Series, { span }: View, { views, least }: Look): boolean => {
  const steady = inColumns(views.steady, step, false)
  const view = inColumns(span, step, true)
  const before = sums.of(steady.from, steady.to)
  const needed = fewestFound(least, allowedRatio(objective.targetRatio), before)
  return before.due > 0 && sums.of(view.from, view.to).due < needed
}

type Found = Pick<LastingChange, 'kind' | 'before' | 'after' | 'target' | 'fading'> & { from: number }

const told = (series: Series, scope: View, { folded, startedAtMs }: Look, { from, ...found }: Found): LastingChange => {
  const change = {
    objective: series.objective.id,
    request: series.request,
    fault: scope.group?.members[0]?.fault.id ?? null,
    // The first column of a wide one may have begun before the span.
    sinceMs: Math.max(folded.baseS + from * series.step, folded.baseS + scope.injected) * 1000,
    ...found,
  }
  return { ...change, text: changeText(series.objective, change, startedAtMs) }
}

/** The share after the change against the target, with as many independent requests as its dispersion leaves. */
const against = ({ objective, sums }: Series, { from, after }: Shift, to: number): LastingChange['target'] => {
  const allowed = allowedRatio(objective.targetRatio)
  const spread = dispersion(sums, [{ from, to }])
  const due = Math.max(1, Math.round(after.due / spread))
  const bad = Math.min(due, shareOf(after) * due)
  if (prove(Math.ceil(bad), due, allowed) === 'proven-pass') return 'within'
  return prove(Math.floor(bad), due, allowed) === 'proven-fail' ? 'broken' : 'open'
}

/**
 * A rise that was there when the fault was removed began under it: the maximum of the CUSUM backwards from the removal
 * (Page 1954), unless those requests fared differently, as in an outage that left some errors behind.
 */
const began = (sums: Sums, { from, before, after }: Shift, view: Span, injected: number): number => {
  if (from > view.from + 1) return from
  const [usual, now] = [clamped(before), clamped(after)]
  let first = from
  let sum = 0
  let best = 0
  for (let at = view.from - 1; at >= injected; at--) {
    const { bad, due } = sums.of(at, at + 1)
    sum += bad * Math.log(now / usual) + (due - bad) * Math.log((1 - now) / (1 - usual))
    if (sum > best) [best, first] = [sum, at]
  }
  const under = shareOf(sums.of(first, view.from))
  const alike = under < 2 * shareOf(after) && under > shareOf(after) / 2
  return alike ? first : from
}

/** A share that is neither 0 nor 1, half an event away from it. */
const clamped = (tally: Tally): number => (tally.bad + 0.5) / (tally.due + 1)
