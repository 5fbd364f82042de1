import type { ProportionObjective } from '../../model/objective.ts'
import type { PhaseName } from '../../model/slo.ts'
import { phaseNames } from '../../model/slo.ts'
import type { ObjectiveResult } from '../../model/verdict.ts'
import type { ShareBounds } from '../batches.ts'
import { fewestSeconds, leastWatchedSeconds, shareBounds } from '../batches.ts'
import { allowedRatio, samplesNeeded } from '../binomial.ts'
import { formatCount, formatMs, formatRatio } from '../format.ts'
import type { SecondsSum } from '../seconds.ts'
import { countedSeconds, sumSeconds } from '../seconds.ts'
import type { SliRecord } from '../sli-record.ts'
import type { JudgeContext, JudgeObjective } from './context.ts'
import { blankResult } from './context.ts'
import { intervalOf, marginOf, measure, successes } from './proportion-figures.ts'

/**
 * At least `targetRatio` of the requests are good, in each gating phase by itself: a clean steady state
 * does not pay for what a fault left behind. Each phase is decided by the bounds of `shareBounds`, which
 * allow for requests that depend on each other; the worst phase decides, and its figures are shown.
 */
export const judgeProportion: JudgeObjective<ProportionObjective> = (objective, context) => {
  const record = context.folded.slis.get(objective.id)
  if (!record) throw new Error(`objective ${objective.id} was not folded`)
  const result = {
    ...blankResult(objective, 'no-data', 'no-samples', 'no request was due'),
    phases: perPhase(objective, record, context),
  }
  const allowed = allowedRatio(objective.targetRatio)
  const spans = objective.phases
    .map((phase) => spanOf([phase], record, context, allowed))
    .filter(({ sum }) => sum.due > 0)
  const whole = spanOf(objective.phases, record, context, allowed)
  const worst = spans.reduce<Span | null>((a, b) => (a === null || isWorse(b, a) ? b : a), null)
  if (worst === null) return result
  warnOfUnsure(objective, whole.sum, context)
  // Where all phases hold, so do their requests together.
  const shown = worst.proof === 'proven-pass' ? whole : worst
  const watched = whole.seconds
  const reading: Reading = {
    shown,
    allowed,
    watched,
    requireProof: context.plan.requireProof,
    where: spans.length > 1 && shown === worst ? `${phaseWords[worst.phases[0] ?? 'steady']}: ` : '',
    aside: successes(objective, record, shown.counts, shown.sum.failed),
    needed: samplesNeeded(objective.targetRatio, worst.proof === 'proven-pass' ? 0 : Math.min(shown.sum.bad, 1000)),
  }
  const figure = measure(objective, record, shown.counts)
  return {
    ...result,
    ...conclude(reading),
    measured: figure,
    interval: intervalOf(objective, record, shown.counts, shown.bounds),
    n: shown.sum.due,
    needed: reading.needed,
    neededSeconds: neededSeconds(spans, allowed, watched),
    margin: marginOf(objective, figure, shown.sum.bad / shown.sum.due, allowed),
  }
}

const phaseWords: Record<PhaseName, string> = {
  warmUp: 'warm-up',
  steady: 'steady',
  fault: 'under faults',
  recovered: 'recovered',
}

/** One phase, or several as one. */
interface Span {
  phases: readonly PhaseName[]
  counts: (at: number) => boolean
  sum: SecondsSum
  /** Seconds in which requests were due. */
  seconds: number
  bounds: ShareBounds
  proof: 'proven-pass' | 'proven-fail' | 'over' | 'not-proven'
}

const spanOf = (
  phases: readonly PhaseName[],
  record: SliRecord,
  { phases: index }: JudgeContext,
  allowed: number,
): Span => {
  const counts = index.in(phases)
  const sum = sumSeconds(record.seconds, counts)
  const seconds = countedSeconds(record.seconds, counts)
  const bounds = shareBounds(seconds)
  const proof = (): Span['proof'] => {
    if (seconds.length >= fewestSeconds) {
      if (bounds.high <= allowed) return 'proven-pass'
      // Samples in the threshold's own bucket may be on either side: each proof takes the harder reading.
      const low = sum.unsure === 0 ? bounds.low : shareBounds(countedSeconds(record.seconds, counts, true)).low
      if (low > allowed) return 'proven-fail'
    }
    return sum.bad > allowed * sum.due ? 'over' : 'not-proven'
  }
  return { phases, counts, sum, seconds: seconds.length, bounds, proof: proof() }
}

const order: Span['proof'][] = ['proven-pass', 'not-proven', 'over', 'proven-fail']

const isWorse = (a: Span, b: Span): boolean =>
  order.indexOf(a.proof) - order.indexOf(b.proof) > 0 || (a.proof === b.proof && a.bounds.high > b.bounds.high)

interface Reading {
  shown: Span
  allowed: number
  watched: number
  requireProof: boolean
  /** The phase that decides, where there are several. */
  where: string
  aside: string
  needed: number | null
}

type Conclusion = Pick<ObjectiveResult, 'outcome' | 'proven' | 'reasonCode' | 'reason'>

const conclude = (reading: Reading): Conclusion => {
  const { shown, allowed, where, aside, requireProof, watched } = reading
  const { bad, due } = shown.sum
  const seen = `${where}${formatCount(bad)} bad of ${formatCount(due)}${aside}`
  const limit = `at most ${formatRatio(allowed)} allowed`
  if (shown.proof === 'proven-fail')
    return { outcome: 'fail', proven: true, reasonCode: 'proven-fail', reason: `${seen}; ${limit}` }
  if (shown.proof === 'over') {
    const reason = `over the target, but not proven: ${seen}; ${limit}`
    return { outcome: 'inconclusive', proven: false, reasonCode: 'breach-not-proven', reason }
  }
  if (shown.proof === 'proven-pass' && watched >= leastWatchedSeconds)
    return { outcome: 'pass', proven: true, reasonCode: 'proven-pass', reason: seen }
  const lack = lackOf(reading, seen)
  return requireProof
    ? { outcome: 'inconclusive', proven: false, reasonCode: 'not-proven', reason: `not proven: ${lack}` }
    : { outcome: 'pass', proven: false, reasonCode: 'no-breach-seen', reason: `no breach seen, not proven (${lack})` }
}

/** What a proof would need, the first that is missing. */
const lackOf = ({ shown, allowed, where, watched, needed }: Reading, seen: string): string => {
  const { sum, bounds, seconds } = shown
  if (needed === null) return 'a target of 100 % cannot be proven'
  if (sum.due < needed) return `${where}${formatCount(sum.due)} seen, ${formatCount(needed)} needed`
  if (shown.proof === 'proven-pass' || seconds < fewestSeconds)
    return `${formatSpan(watched)} watched, ${formatSpan(leastWatchedSeconds)} needed`
  const length = lengthNeeded(shown, allowed)
  const worth = bounds.worth < sum.due ? `, worth ${formatCount(bounds.worth)} independent ones` : ''
  const longer = length === null ? '' : `; about ${formatSpan(length)} like these needed`
  return `${seen}${worth}; the interval reaches over the target${longer}`
}

const formatSpan = (seconds: number): string => formatMs(seconds * 1000)

/** Beyond so many times its length nobody should believe what a phase says of the length that it needs. */
const mostTimes = 100

/** Seconds of a phase after which the same share, varying as it did, would be proven; null where it is too near the target. */
const lengthNeeded = ({ sum, bounds, seconds }: Span, allowed: number): number | null => {
  const share = sum.bad / sum.due
  const times = ((bounds.high - share) / (allowed - share)) ** 2
  return share < allowed && times <= mostTimes ? Math.ceil(times * seconds) : null
}

/** The same for the whole run, its phases as long to each other as they were. */
const neededSeconds = (spans: readonly Span[], allowed: number, watched: number): number | null => {
  const times = spans.map((span) => {
    const length = lengthNeeded(span, allowed)
    return length === null ? null : length / span.seconds
  })
  if (times.includes(null)) return null
  return Math.max(leastWatchedSeconds, Math.ceil(Math.max(...times.map((one) => one ?? 0)) * watched))
}

const warnOfUnsure = ({ title }: ProportionObjective, { unsure }: SecondsSum, { warn }: JudgeContext): void => {
  if (unsure === 0) return
  warn(
    `${title}: the record did not count its threshold; ${formatCount(unsure)} samples in the histogram bucket ` +
      'of the threshold are taken as slow for a pass and as fast for a breach, and edges are whole seconds.',
  )
}

const perPhase = (objective: ProportionObjective, record: SliRecord, context: JudgeContext) =>
  phaseNames.map((phase) => {
    const counts = context.phases.in([phase])
    const sum = sumSeconds(record.seconds, counts)
    return { phase, n: sum.due, bad: sum.bad, measured: measure(objective, record, counts) }
  })
