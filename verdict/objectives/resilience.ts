import type { ResilienceObjective } from '../../model/objective.ts'
import type { FaultResult, ObjectiveResult, Outcome, Range, SliRecovery } from '../../model/verdict.ts'
import { circled, dash, formatCount, formatMs, formatNumber, formatRatio, formatSeconds } from '../format.ts'
import { nobodyWatched } from '../recover-groups.ts'
import { readFailure, type Writes } from '../writes.ts'
import type { JudgeContext, JudgeObjective } from './context.ts'
import { blankResult, holds, isWorse } from './context.ts'
import { judgeRange, openReason, openWords, rangeInterval, rangeOf, rangeText } from './recovery-measure.ts'

/** What one fault means for one objective. */
export interface FaultFinding {
  fault: string
  outcome: Outcome
  reasonCode: string
  reason: string
  value: number | null
  /** What the record supports at least and at most; absent for measures that are exact. */
  range?: Range
}

/** A bound on what faults did: every fault of the run is judged, the worst one stands for the objective. */
export const judgeResilience: JudgeObjective<ResilienceObjective> = (objective, context) => {
  if (context.faults.length === 0) return withoutFaults(objective, context)
  const audits = auditMeasures.has(objective.measure)
  if (isOfRun(objective, context)) return judgeRun(objective, context)
  const findings = context.faults.map((fault) => judgeForFault(objective, fault, context))
  // The bound is one for the whole run, whatever is charged to which fault.
  if (audits && (objective.measure === 'lostWrites' || context.outside > 0))
    findings.push(judgeAudit(objective, null, context))
  const worst = findings.reduce((a, b) =>
    isWorse(b.outcome, a.outcome) || (a.outcome === b.outcome && larger(b, a)) ? b : a,
  )
  if (worst.fault === '') return ofRun(objective, worst, context)
  const index = context.faults.findIndex((fault) => fault.id === worst.fault)
  const lower = !worst.range && (worst.reasonCode === 'not-recovered' || worst.reasonCode === 'not-seen')
  return {
    ...resultOf(objective, worst),
    reason: `${circled(index)} ${context.faults[index]?.label ?? worst.fault}: ${worst.reason}`,
    measured: {
      value: worst.value,
      text: worst.value === null ? dash : (lower ? '≥ ' : '') + findingText(objective, worst, worst.value),
    },
    n: findings.length,
    fault: worst.fault,
  }
}

/** What the final read says of no single fault: its failure, its gaps, duplicates, and whatever no injection can explain. */
export const isOfRun = ({ measure }: ResilienceObjective, { writes, faults }: JudgeContext): boolean => {
  if (!auditMeasures.has(measure)) return false
  if (measure === 'duplicates' || writes === null) return true
  if (writes.lost === 0 && writes.distrust !== null) return true
  return faults.every((fault) => fault.activeAtMs === null)
}

const resultOf = (objective: ResilienceObjective, finding: FaultFinding): ObjectiveResult => {
  const decisive = finding.range?.high ?? finding.value
  const margin = decisive === null ? null : objective.value - decisive
  return {
    ...blankResult(objective, finding.outcome, finding.reasonCode, finding.reason),
    proven: finding.outcome === 'pass' || finding.outcome === 'fail',
    measured: {
      value: finding.value,
      text: finding.value === null ? dash : findingText(objective, finding, finding.value),
    },
    ...(finding.range ? { interval: { ...finding.range, text: rangeInterval(finding.range) } } : {}),
    margin: { value: margin, text: margin === null ? dash : formatMeasure(objective, margin) },
  }
}

/** The figure with the width that it is known to; a time that is no effect at all has none. */
const findingText = (objective: ResilienceObjective, { range, reasonCode }: FaultFinding, value: number): string =>
  range && reasonCode !== 'absorbed' ? rangeText(range) : formatMeasure(objective, value)

/** Of the whole run: nothing says under which fault an effect happened twice. */
const judgeRun = (objective: ResilienceObjective, context: JudgeContext): ObjectiveResult =>
  ofRun(objective, judgeAudit(objective, null, context), context)

const ofRun = (objective: ResilienceObjective, finding: FaultFinding, context: JudgeContext): ObjectiveResult => {
  const { outside, writes } = context
  const where =
    outside > 0 && objective.measure === 'lostWrites' && context.faults.length > 0 ? `; ${outsideText(outside)}` : ''
  return { ...resultOf(objective, { ...finding, reason: `${finding.reason}${where}` }), n: writes?.checked ?? 0 }
}

/** Which is worse of two with the same outcome. Of two faults without recovery the first is where it began. */
const larger = (a: FaultFinding, b: FaultFinding): boolean =>
  !(a.reasonCode === 'not-recovered' && b.reasonCode === 'not-recovered' && a.fault !== b.fault) &&
  (a.value ?? -1) > (b.value ?? -1)

/**
 * A game day without faults has nothing for these objectives to judge; they are shown, and do not
 * gate. The audit of the writes is the exception: it says something without any fault.
 */
const withoutFaults = (objective: ResilienceObjective, context: JudgeContext): ObjectiveResult => {
  const { history } = context
  if (auditMeasures.has(objective.measure) && (context.writes !== null || history.auditFailed !== null)) {
    return judgeRun(objective, context)
  }
  return { ...blankResult(objective, 'no-data', 'no-fault-planned', 'no fault in this game day'), gate: 'info' }
}

const auditMeasures: ReadonlySet<string> = new Set(['lostWrites', 'rpo', 'duplicates'])

/** Judges one objective for one fault. */
export const judgeForFault = (
  objective: ResilienceObjective,
  fault: FaultResult,
  context: JudgeContext,
): FaultFinding => {
  const nothing = (outcome: Outcome, reasonCode: string, reason: string): FaultFinding => ({
    fault: fault.id,
    outcome,
    reasonCode,
    reason,
    value: null,
  })
  if (auditMeasures.has(objective.measure) && fault.activeAtMs !== null) return judgeAudit(objective, fault, context)
  if (fault.skippedReason !== null)
    return nothing('inconclusive', 'fault-skipped', `not injected: ${fault.skippedReason}`)
  if (!fault.confirmedActive)
    return nothing('inconclusive', 'fault-not-confirmed', 'the fault was not confirmed active')
  const required = context.plan.objectives.filter(({ kind, gate }) => kind === 'proportion' && gate === 'required')
  const own = new Set(objective.sliIds.length === 0 ? required.map(({ id }) => id) : objective.sliIds)
  if (own.size === 0) return nothing('no-data', 'no-samples', nobodyWatched)
  const findings = fault.perSli.filter((sli) => own.has(sli.objective)).map((sli) => judgeSli(objective, fault.id, sli))
  const [first] = findings
  if (!first) return nothing('no-data', 'no-samples', 'no SLI had enough requests to see this fault with')
  return findings.reduce(
    (a, b) => (isWorse(b.outcome, a.outcome) || (a.outcome === b.outcome && larger(b, a)) ? b : a),
    first,
  )
}

const whyNothing = ({ measure }: ResilienceObjective, { objective }: SliRecovery): string => {
  if (measure === 'budgetConsumed') return 'production traffic is not stated'
  const ofLatency = measure === 'latencyP95' || measure === 'latencyP99'
  return `${objective}: nothing measured${ofLatency ? ', or the fault was too short for the columns of so long a run' : ''}`
}

const judgeSli = (objective: ResilienceObjective, fault: string, sli: SliRecovery): FaultFinding => {
  const value = measuredValue(objective.measure, sli)
  const base = { fault, value }
  if (sli.state === 'no-data')
    return { ...base, outcome: 'no-data', reasonCode: 'no-samples', reason: `${sli.objective}: no request was due` }
  if (objective.measure === 'timeToImpact' && value === null && sli.state === 'absorbed') {
    return { ...base, outcome: 'pass', reasonCode: 'absorbed', reason: 'no impact seen' }
  }
  if (value === null || !Number.isFinite(value)) {
    return { ...base, outcome: 'no-data', reasonCode: 'no-samples', reason: whyNothing(objective, sli) }
  }
  const range = rangeOf(objective.measure, sli)
  if (range !== null) return { ...base, range, ...judgeTime(objective, sli, range) }
  const text = formatMeasure(objective, value)
  const good = holds(value, objective.op, objective.value)
  if (sli.state === 'not-recovered' || sli.state === 'not-seen') {
    // The run ended first: what was seen is a lower bound, and a lower bound over the target is proof.
    const upper = objective.op === 'lt' || objective.op === 'lte'
    return {
      ...base,
      outcome: upper && !good ? 'fail' : 'inconclusive',
      reasonCode: sli.state,
      reason: `${sli.objective}: ≥ ${text}; ${openWords(sli)}`,
    }
  }
  // A loss counts what the fault did: nothing proves that it did this, and without an episode a loss may be unseen.
  if (objective.measure === 'resilienceLoss' && sli.state === 'cannot-tell' && !(good && sli.episodes > 0)) {
    const why = openReason(sli, objective, sli.episodes > 0 ? { low: 0, high: value } : unseenOf(sli))
    const reasonCode = sli.episodes > 0 ? 'cannot-tell' : unseenCode(unseenOf(sli))
    return { ...base, outcome: 'inconclusive', reasonCode, reason: `${sli.objective}: ${why}` }
  }
  return {
    ...base,
    outcome: good ? 'pass' : 'fail',
    reasonCode: sli.state === 'absorbed' ? 'absorbed' : good ? 'within-bound' : 'over-bound',
    reason: `${sli.objective}: ${text}`,
  }
}

const unseenOf = ({ ranges }: SliRecovery): Range => ranges?.recovery ?? { low: 0, high: null }

/** Why no episode proves nothing: too many bad requests, hence no upper end, or a rate that would not show one. */
const unseenCode = ({ high }: Range) => (high === null ? 'more-bad-than-usual' : 'rate-too-low')

/** A time whose range is known: the unfavourable end must hold, the favourable one must break. */
const judgeTime = (
  objective: ResilienceObjective,
  sli: SliRecovery,
  range: Range,
): Pick<FaultFinding, 'outcome' | 'reasonCode' | 'reason'> => {
  const outcome = judgeRange(objective, range)
  if (outcome === 'pass' && sli.episodes === 0) {
    const usual = sli.usualEpisodes ? '; trouble as in the steady state' : ''
    return { outcome, reasonCode: 'absorbed', reason: `no impact seen${usual}` }
  }
  if (range.high !== null && outcome !== 'inconclusive')
    return {
      outcome,
      reasonCode: outcome === 'pass' ? 'within-bound' : 'over-bound',
      reason: `${sli.objective}: ${rangeText(range)}`,
    }
  const unseen = unseenCode(range)
  const codes = { recovered: 'not-resolved', absorbed: unseen, 'no-data': 'no-samples' } as const
  const cannotTell = sli.episodes === 0 ? unseen : 'cannot-tell'
  const reasonCode =
    sli.state === 'cannot-tell' ? cannotTell : sli.state in codes ? codes[sli.state as keyof typeof codes] : sli.state
  return { outcome, reasonCode, reason: `${sli.objective}: ${openReason(sli, objective, range)}` }
}

/** In the objective's base unit: ms, ratio, seconds of degradation in ms, seconds lost in ms. */
const measuredValue = (measure: ResilienceObjective['measure'], sli: SliRecovery): number | null => {
  switch (measure) {
    case 'recoveryTime':
      return sli.recoveryMs
    case 'rto':
      return sli.rtoMs
    case 'timeToImpact':
      return sli.timeToImpactMs
    case 'degradedSeconds':
      return sli.degradedSeconds * 1000
    case 'resilienceLoss':
      return sli.resilienceLossSeconds * 1000
    case 'budgetConsumed':
      return sli.budgetConsumedRatio
    case 'maxErrorRatio':
      return sli.maxErrorRatio
    case 'latencyP95':
      return sli.latencyP95Us === null ? null : sli.latencyP95Us / 1000
    case 'latencyP99':
      return sli.latencyP99Us === null ? null : sli.latencyP99Us / 1000
    default:
      return null
  }
}

const ratioMeasures: ReadonlySet<string> = new Set(['budgetConsumed', 'maxErrorRatio'])
const countMeasures: ReadonlySet<string> = new Set(['lostWrites', 'duplicates'])
const secondMeasures: ReadonlySet<string> = new Set(['recoveryTime', 'rto', 'timeToImpact'])

/** A value of a measure as people read it. */
export const formatMeasure = (objective: ResilienceObjective, value: number): string => {
  if (ratioMeasures.has(objective.measure)) return formatRatio(value)
  if (countMeasures.has(objective.measure)) return formatCount(value)
  if (secondMeasures.has(objective.measure)) return formatSeconds(value)
  return Number.isFinite(value) ? formatMs(value) : formatNumber(value)
}

/**
 * Lost and duplicate writes and RPO, from the final read: of one fault, or of the whole run. Without it, or when it was
 * not of all acknowledged writes, nothing good is known; what is proven lost is lost all the same.
 */
const judgeAudit = (objective: ResilienceObjective, fault: FaultResult | null, context: JudgeContext): FaultFinding => {
  const { history, writes } = context
  const nothing = (reasonCode: string, reason: string): FaultFinding => ({
    fault: fault?.id ?? '',
    outcome: 'no-data',
    reasonCode,
    reason,
    value: null,
  })
  if (writes === null) return nothing('no-audit', readFailure(history.auditFailed))
  const value = fault ? auditValue(objective, fault) : runValue(objective, context)
  if (value === null) return nothing('not-measured', whyNoValue(objective, context))
  const good = holds(value, objective.op, objective.value)
  if (good && writes.distrust !== null) return nothing('partial-audit', writes.distrust)
  if (writes.acknowledged === 0) return nothing('no-samples', 'no write was acknowledged')
  return {
    fault: fault?.id ?? '',
    value,
    outcome: good ? 'pass' : 'fail',
    reasonCode: good ? 'within-bound' : 'over-bound',
    reason: `${formatMeasure(objective, value)} (${formatCount(writes.checked)} acknowledged writes read back${lateText(writes)})`,
  }
}

const auditValue = ({ measure }: ResilienceObjective, fault: FaultResult): number | null =>
  measure === 'lostWrites' ? fault.lostWrites : measure === 'rpo' ? fault.rpoMs : fault.duplicates

/** An RPO belongs to a fault: without one there is none to tell, unless nothing is lost. */
const runValue = ({ measure }: ResilienceObjective, { writes }: JudgeContext): number | null => {
  if (writes === null) return null
  if (measure === 'rpo') return writes.lost === 0 ? 0 : null
  return measure === 'lostWrites' ? writes.lost : writes.duplicates
}

const whyNoValue = ({ measure }: ResilienceObjective, { outside }: JudgeContext): string =>
  measure === 'rpo' ? outsideText(outside) : 'the final read cannot show it'

const outsideText = (count: number): string =>
  `${formatCount(count)} lost ${count === 1 ? 'write was' : 'writes were'} acknowledged outside of every fault's window`

const lateText = ({ late }: Writes): string => (late === 0 ? '' : `, ${formatCount(late)} of them late`)
