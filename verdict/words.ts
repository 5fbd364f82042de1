import type { Objective, ResilienceObjective } from '../model/objective.ts'
import type { Plan } from '../model/plan.ts'
import type { Comparison, FaultResult, LastingChange, ObjectiveResult, RunResult } from '../model/verdict.ts'
import { burnRateNote } from './burn-rate.ts'
import { circled, formatCount, formatMs, formatRatio, plural } from './format.ts'
import type { Health } from './health.ts'
import type { History } from './history.ts'
import { type Writes, writesText } from './writes.ts'

export interface Told {
  plan: Plan
  history: History
  result: RunResult
  objectives: readonly ObjectiveResult[]
  faults: readonly FaultResult[]
  health: Health
  invalidReasons: readonly string[]
  doubts: readonly string[]
  /** Why the verdict was certain before the end of the run; null where it was not. */
  decision?: string | null | undefined
  /** Faults and changes whose effect was not over, or not seen to be over: the run is whole, and cannot pass. */
  stillBad: readonly string[]
  /** What got worse for good and leaves the run inconclusive at best. */
  changes: readonly LastingChange[]
  /** Null without a completed final read. */
  writes?: Writes | null
  /** What ended iterations by an exception or a failing check, most frequent first. */
  scenarioErrors: readonly { error: string; n: number }[]
  /** Absent without a baseline. */
  comparison?: Comparison | undefined
}

/** The verdict for someone who has ten seconds. */
export const sentence = (told: Told): string => {
  const required = told.objectives.filter((objective) => objective.gate === 'required')
  if (told.result === 'fail') {
    const failed = required
      .filter((objective) => objective.outcome === 'fail')
      .sort((a, b) => gravity(b, told) - gravity(a, told))
    const [first] = failed
    const more = failed.length > 1 ? ` ${plural(failed.length - 1, 'more required objective')} failed.` : ''
    return first ? failure(first, told) + more : gatingBaseline(told)
  }
  if (told.result === 'invalid') return `The run is invalid: ${told.invalidReasons.join('; ')}.`
  if (told.result === 'inconclusive') return doubt(told, required)
  const unproven = required.filter((objective) => !objective.proven)
  const held = told.faults.length === 0 ? '' : ` through ${plural(told.faults.length, 'fault')}`
  if (unproven.length === 0) {
    return required.length === 1
      ? `The required objective holds${held}.`
      : `All ${formatCount(required.length)} required objectives hold${held}.`
  }
  return (
    `No breach was seen${held}; ${formatCount(unproven.length)} of ${formatCount(required.length)} required objectives ` +
    `${unproven.length === 1 ? 'is' : 'are'} not proven.`
  )
}

const gatingBaseline = ({ comparison }: Told): string => comparison?.sentence ?? 'A required objective failed.'

/** Lost writes first, then what broke under faults, then service levels. */
const gravity = (result: ObjectiveResult, told: Told): number => {
  const objective = objectiveOf(result, told)
  if (objective?.kind === 'resilience')
    return objective.measure === 'lostWrites' ? 3 : objective.measure === 'duplicates' ? 2.5 : 2
  return objective?.kind === 'count' || objective?.kind === 'reaction' ? 1.5 : 1
}

const objectiveOf = (result: ObjectiveResult, told: Told): Objective | undefined =>
  told.plan.objectives.find((objective) => objective.id === result.id)

/** One failed objective as a sentence. */
const failure = (result: ObjectiveResult, told: Told): string => {
  const objective = objectiveOf(result, told)
  const target = result.targetText
  if (objective?.kind === 'resilience') return resilienceFailure(objective, result, told)
  if (objective?.kind === 'count') {
    const allowed = objective.value === 0 || (objective.op === 'lt' && objective.value === 1) ? 'none' : target
    return `${result.title}: ${result.reason}; the objective allows ${allowed}.`
  }
  if (objective?.kind === 'reaction') return `${result.title}: ${result.reason}; the objective is ${target}.`
  if (objective?.kind === 'growth')
    return `${result.title} was ${result.measured.text} ${result.interval.text} (${result.reason}); the objective is ${target}.`
  if (objective?.kind === 'gauge')
    return `${result.title} was ${result.measured.text} (${result.interval.text}); the objective is ${target}.`
  return `${result.title} was ${result.measured.text}; the objective is ${target}.`
}

const resilienceFailure = (objective: ResilienceObjective, result: ObjectiveResult, told: Told): string => {
  const index = told.faults.findIndex((fault) => fault.id === result.fault)
  const fault = told.faults[index]
  const during = fault ? ` under ${circled(index)} ${fault.label}` : ''
  const value = result.measured.value ?? 0
  const allows = objective.value === 0 || (objective.op === 'lt' && objective.value === 1) ? 'none' : result.targetText
  const worst = fault?.perSli.length ? `; the objective is ${result.targetText}.` : '.'
  const changed = told.changes.find((change) => change.fault === fault?.group[0])
  switch (objective.measure) {
    case 'lostWrites':
      return `${plural(value, 'acknowledged write')} ${value === 1 ? 'was' : 'were'} lost${during}; the objective allows ${allows}.`
    case 'duplicates':
      return `${result.title}: ${formatCount(value)}; the objective allows ${allows}.`
    case 'recoveryTime':
    case 'rto':
      if (result.reasonCode === 'not-recovered' && changed)
        return `${changed.text}; the recovery objective is ${result.targetText}.`
      return result.reasonCode === 'not-recovered'
        ? `The system had not recovered ${formatMs(value)} after ${circled(index)} ${fault?.label ?? 'the fault'}${worst}`
        : `Recovery${during} took ${result.measured.text}${worst}`
    default:
      return `${result.title} was ${result.measured.text}${during}; the objective is ${result.targetText}.`
  }
}

/** Why it is not decided, the first reason only. */
const doubt = (told: Told, required: readonly ObjectiveResult[]): string => {
  const open = required.filter((objective) => objective.outcome !== 'pass')
  const [first] = open
  const reason = told.doubts[0] ?? told.stillBad[0]
  if (reason !== undefined) return `Not decided: ${reason}.`
  if (!first) return told.comparison?.gates ? `Not decided. ${told.comparison.sentence}` : 'Not decided.'
  if (first.reasonCode === 'no-audit') return `Lost writes unknown: ${first.reason}.`
  const more =
    open.length > 1
      ? ` ${plural(open.length - 1, 'more required objective')} ${open.length === 2 ? 'is' : 'are'} open.`
      : ''
  return `Not decided. ${first.title}: ${first.reason}.${more}`
}

/** Validity, what was confirmed, how many objectives hold. */
export const detail = (told: Told): string => {
  const { faults, health, history } = told
  const required = told.objectives.filter((objective) => objective.gate === 'required')
  const holding = required.filter((objective) => objective.outcome === 'pass')
  const unproven = holding.filter((objective) => !objective.proven)
  const parts: string[] = []
  const confirmed = faults.filter((fault) => fault.confirmedActive && fault.confirmedRemoved).length
  const facts: string[] = []
  if (faults.length > 0) facts.push(`${confirmed} of ${plural(faults.length, 'fault')} confirmed active and removed`)
  if (health.deliveredRatio !== null)
    facts.push(`${formatRatio(floorShare(health.deliveredRatio))} of the offered load delivered in steady state`)
  if (history.clusterClock !== null) facts.push(clockText(history.clusterClock))
  const validity =
    told.invalidReasons.length > 0
      ? 'The run is invalid'
      : told.doubts.length > 0
        ? 'The run is incomplete'
        : 'The run is valid'
  const why = told.result === 'invalid' ? [] : [...told.invalidReasons]
  if (told.result === 'fail') why.push(...told.doubts)
  parts.push(`${validity}${[...why, ...facts].length > 0 ? `: ${[...why, ...facts].join(', ')}` : ''}.`)
  parts.push(
    `${formatCount(holding.length)} of ${formatCount(required.length)} required objectives ${holding.length === 1 ? 'holds' : 'hold'}` +
      `${unproven.length === 0 ? '' : `, ${formatCount(unproven.length)} of them not proven`}.`,
  )
  const writes = told.writes && writesText(told.writes)
  if (writes) parts.push(`${writes}.`)
  if (told.decision) parts.push(told.decision)
  if (told.comparison) parts.push(told.comparison.sentence)
  if (told.scenarioErrors.length > 0) parts.push(scenarioErrorText(told.scenarioErrors))
  const still = faults.filter((fault) => history.faults.get(fault.id)?.notRemoved != null)
  for (const fault of still) {
    const why = history.faults.get(fault.id)?.notRemoved
    parts.push(`${fault.label} COULD NOT BE REMOVED (${why}): run \`holdfast cleanup\` and check by hand.`)
  }
  return parts.join(' ')
}

const scenarioErrorText = (errors: Told['scenarioErrors']): string => {
  const shown = errors.slice(0, 2).map(({ error, n }) => `"${error}" (${plural(n, 'time')})`)
  const more = errors.length > shown.length ? `, and ${plural(errors.length - shown.length, 'other')}` : ''
  return `Iterations failed in the scenario itself: ${shown.join(', ')}${more}.`
}

const clockText = ({ aheadMs, withinMs }: { aheadMs: number; withinMs: number }): string => {
  const ahead = Math.round(aheadMs)
  const how = ahead === 0 ? 'as' : `${Math.abs(ahead)} ms ${ahead > 0 ? 'ahead of' : 'behind'}`
  return `the cluster's clock ${how} this machine's, ± ${Math.ceil(withinMs)} ms, corrected in every edge`
}

/** To four digits downwards: 99.99 % delivered must not read 100 %. */
const floorShare = (ratio: number): number => Math.floor(ratio * 1000) / 1000

/** The calibration holds where trouble comes in spells of at most this part of the phases that are judged. */
const mostSpellsRatio = 20

/**
 * What this run cannot show, for the report's own list.
 * @param watchedSeconds seconds of the steady and recovered phases in which requests were due
 */
export const cannotTell = (told: Told, tooFew: readonly string[], watchedSeconds: number): string[] => {
  const { plan, objectives, faults } = told
  const list: string[] = []
  for (const result of objectives) {
    if (result.proven || result.outcome === 'fail' || result.outcome === 'error' || result.gate === 'info') continue
    list.push(`${result.title}: ${result.reason}.`)
  }
  list.push(...tooFew)
  const spanMs = plan.phases.recovery.endMs
  for (const objective of plan.objectives) {
    if (objective.kind !== 'resilience' || faults.length === 0) continue
    if (
      (objective.measure === 'rto' || objective.measure === 'recoveryTime' || objective.measure === 'rpo') &&
      objective.value > spanMs
    ) {
      list.push(
        `${objective.title} (${objective.targetText}): judged for ${faults.length === 1 ? 'this fault' : `these ${faults.length} faults`} only.`,
      )
    }
  }
  for (const fault of faults) {
    if (fault.group.length < 2 || fault.group[0] !== fault.id) continue
    const names = fault.group.map((id) => {
      const at = faults.findIndex((other) => other.id === id)
      return `${circled(at)} ${faults[at]?.label ?? id}`
    })
    list.push(`Which of the faults did what: ${names.join(' and ')} overlap, so they are judged as one.`)
  }
  if (plan.system.standsFor.length > 0)
    list.push(`How the real system fares: in its place stood ${plan.system.standsFor.join('; ')}.`)
  if (objectives.some(({ kind, proven }) => kind === 'proportion' && proven)) {
    list.push(
      `Rarer trouble: "proven" holds for conditions like those of this run. The bounds allow for trouble in spells of up to ` +
        `${formatMs((watchedSeconds / mostSpellsRatio) * 1000)}, a twentieth of the time that was judged; longer or rarer spells no single run can show.`,
    )
  }
  if (faults.some((fault) => fault.perSli.some((sli) => sli.timeToImpactMs !== null))) list.push(burnRateNote)
  return [...new Set(list)]
}
