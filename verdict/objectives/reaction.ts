import type { ReactionObjective } from '../../model/objective.ts'
import type { ObjectiveResult, Outcome } from '../../model/verdict.ts'
import { circled, dash, formatSeconds, plural } from '../format.ts'
import type { Series } from '../resources.ts'
import { seriesOf } from '../resources.ts'
import { partlyAnswered, unanswered } from './answers.ts'
import type { JudgeContext, JudgeObjective } from './context.ts'
import { blankResult, holds, isWorse } from './context.ts'
import { longestGapMs } from './gaps.ts'

/** What starts the clock, and when the next one does. */
interface Trigger {
  /** The fault; null when a series started the clock. */
  fault: string | null
  name: string
  atMs: number
  endMs: number
}

/**
 * The reaction lies in (lowMs, highMs] after its trigger; `highMs` null: it was not there when the view ended.
 * With `gaps` nobody looked for a while in which it may have gone again.
 */
interface Seen {
  lowMs: number
  highMs: number | null
  gaps: boolean
}

/** The time from each trigger to the reaction, against a bound; the slowest decides. */
export const judgeReaction: JudgeObjective<ReactionObjective> = (objective, context) => {
  const noAnswer = unanswered(objective.series, context)
  if (noAnswer !== null) return noData(objective, 'no-answer', noAnswer)
  const series = seriesOf(context.folded.resources, objective.series, objective.component)
  if (series.length === 0) return noData(objective, 'no-samples', `${objective.series}: no samples`)
  const loud = objective.quiet ? inSteadyState(objective, series, context) : null
  if (loud !== null) return { ...loud, n: 1 }
  // What a missing part would have shown may have come sooner, or may have gone again.
  const part = partlyAnswered(objective.series, context)
  if (part !== null) return noData(objective, 'gaps', part)
  const triggers = triggersOf(objective, context)
  if (triggers.length === 0) return noData(objective, 'no-trigger', noTrigger(objective))
  const gapMs = longestGapMs(objective, context)
  const judged = triggers.map((trigger) => judgeOne(objective, trigger, worstOf(objective, series, trigger, gapMs)))
  const worst = judged.reduce((one, other) =>
    isWorse(other.outcome, one.outcome) ||
    (other.outcome === one.outcome && (other.measured.value ?? 0) > (one.measured.value ?? 0))
      ? other
      : one,
  )
  return { ...worst, n: triggers.length }
}

const noData = (objective: ReactionObjective, code: string, reason: string): ObjectiveResult =>
  blankResult(objective, 'no-data', code, reason)

const noTrigger = ({ after }: ReactionObjective): string =>
  after === 'impact'
    ? 'no fault had an impact on users: there was nothing to react to'
    : typeof after === 'string'
      ? 'no fault was seen to begin or end'
      : `${after.series} never was ${after.op === 'gt' || after.op === 'gte' ? 'above' : 'below'} ${after.value}`

/** A verdict when it was there in steady state, or nobody looked; null when it was silent. */
const inSteadyState = (
  objective: ReactionObjective,
  series: Series[],
  context: JudgeContext,
): ObjectiveResult | null => {
  const steady = context.phases.in(['steady'])
  const atMs = series.flatMap((one) =>
    one.atMs.flatMap((ms, i) =>
      steady(Math.floor(ms / 1000) - context.folded.baseS) ? [{ ms, there: isThere(objective, one.value[i]) }] : [],
    ),
  )
  if (atMs.length === 0) return noData(objective, 'no-samples', `${objective.series}: no samples in steady state`)
  const times = atMs.filter(({ there }) => there).length
  if (times === 0) return null
  const reason = `it was there in steady state already, in ${plural(times, 'sample')} of ${atMs.length}`
  return { ...blankResult(objective, 'fail', 'not-quiet', reason), proven: true }
}

const triggersOf = (objective: ReactionObjective, { faults, folded, phases }: JudgeContext): Trigger[] => {
  const { after } = objective
  const lastMs = (folded.baseS + folded.lastIndex + 1) * 1000
  if (typeof after !== 'string') {
    const counted = phases.in(['steady', 'fault', 'recovered'])
    const passed = seriesOf(folded.resources, after.series, after.component).flatMap((one) =>
      one.atMs.filter(
        (ms, i) =>
          counted(Math.floor(ms / 1000) - folded.baseS) && holds(one.value[i] ?? Number.NaN, after.op, after.value),
      ),
    )
    const atMs = passed.length === 0 ? null : Math.min(...passed)
    return atMs === null ? [] : [{ fault: null, name: after.series, atMs, endMs: lastMs }]
  }
  const begins = faults.flatMap(({ activeAtMs }) => (activeAtMs === null ? [] : [activeAtMs]))
  return faults.flatMap(({ id, label, activeAtMs, removedAtMs, perSli }, i) => {
    const impacts = perSli.flatMap(({ impactAtMs }) => (impactAtMs === null ? [] : [impactAtMs]))
    const edge = {
      injection: activeAtMs,
      removal: removedAtMs,
      impact: impacts.length > 0 ? Math.min(...impacts) : null,
    }
    const atMs = edge[after]
    if (atMs === null) return []
    // The next fault ends the view: what follows is a reaction to that one.
    const endMs = Math.min(...begins.filter((ms) => ms > atMs), lastMs)
    return [{ fault: id, name: `${circled(i)} ${label}`, atMs, endMs }]
  })
}

const isThere = ({ reaches }: ReactionObjective, value: number | undefined): boolean =>
  value !== undefined && holds(value, reaches.op, reaches.value)

/** Of all instances the one that reacted last; null where one of them has no sample after the trigger. */
const worstOf = (objective: ReactionObjective, series: Series[], trigger: Trigger, gapMs: number): Seen | null => {
  const seen = series.map((one) => seenIn(objective, one, trigger, gapMs))
  if (seen.includes(null)) return null
  const late = ({ highMs }: Seen) => highMs ?? Number.POSITIVE_INFINITY
  return (seen as Seen[]).reduce((a, b) => (late(b) > late(a) || (late(b) === late(a) && b.lowMs > a.lowMs) ? b : a))
}

const seenIn = (
  objective: ReactionObjective,
  { atMs, value }: Series,
  trigger: Trigger,
  gapMs: number,
): Seen | null => {
  const from = atMs.findIndex((ms) => ms >= trigger.atMs)
  const to = atMs.findLastIndex((ms) => ms < trigger.endMs)
  if (from < 0 || to < from) return null
  const there = (i: number) => isThere(objective, value[i])
  const since = (i: number) => Math.max(0, (atMs[i] ?? trigger.atMs) - trigger.atMs)
  let decisive = from
  let gaps = false
  if (objective.until === 'lasting') {
    decisive = to
    if (!there(to)) return { lowMs: since(to), highMs: null, gaps }
    while (decisive > from && there(decisive - 1)) decisive--
    const times = [trigger.atMs, ...atMs.slice(from, to + 1), trigger.endMs]
    gaps = times.some((ms, i) => ms - (times[i - 1] ?? ms) > gapMs)
  } else {
    while (decisive <= to && !there(decisive)) decisive++
    if (decisive > to) return { lowMs: since(to), highMs: null, gaps }
  }
  // Nothing was amiss in any sample of the view: what happened between two of them nobody saw.
  return { lowMs: decisive === from ? 0 : since(decisive - 1), highMs: since(decisive), gaps }
}

const judgeOne = (objective: ReactionObjective, trigger: Trigger, seen: Seen | null): ObjectiveResult => {
  const { withinMs, op } = objective
  const after = `after ${typeof objective.after === 'string' ? `the ${objective.after} of ` : ''}${trigger.name}`
  if (seen === null) {
    return { ...noData(objective, 'no-samples', `${objective.series}: no samples ${after}`), fault: trigger.fault }
  }
  const { lowMs, highMs, gaps } = seen
  const good = !gaps && highMs !== null && holds(highMs, op, withinMs)
  const bad = !holds(Math.max(lowMs, Number.MIN_VALUE), op, withinMs)
  const outcome: Outcome = good ? 'pass' : bad ? 'fail' : 'inconclusive'
  const text = highMs === null ? `≥ ${formatSeconds(lowMs)}` : formatSeconds(highMs)
  const reason =
    highMs === null
      ? `${after}: not there in the ${formatSeconds(lowMs)} that were seen`
      : `${after}: between ${formatSeconds(lowMs)} and ${formatSeconds(highMs)}${gaps ? ', with times that nobody saw' : ''}`
  return {
    ...blankResult(objective, outcome, good ? 'within-bound' : bad ? 'over-bound' : 'not-seen', reason),
    proven: outcome !== 'inconclusive',
    measured: { value: highMs ?? lowMs, text },
    interval: {
      low: lowMs,
      high: highMs,
      text: highMs === null ? dash : `[${formatSeconds(lowMs)}, ${formatSeconds(highMs)}]`,
    },
    margin:
      highMs === null
        ? { value: null, text: dash }
        : { value: withinMs - highMs, text: formatSeconds(withinMs - highMs) },
    fault: trigger.fault,
  }
}
