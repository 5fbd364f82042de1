import type { ExitCode } from '../model/exit-codes.ts'
import { exitCodes } from '../model/exit-codes.ts'
import type { Comparison, FaultResult, ObjectiveResult, RunResult } from '../model/verdict.ts'
import type { Folded } from './fold.ts'
import { formatCount, plural } from './format.ts'
import type { History } from './history.ts'
import { sumsDisagree } from './line-sums.ts'

/** Why nothing good can be said of the run, beside its objectives: each makes it inconclusive at best. */
export const doubts = (
  history: History,
  folded: Folded,
  faults: readonly FaultResult[],
  objectives: readonly ObjectiveResult[],
  /** The record shows why the verdict was certain before the end. */
  decided = false,
): string[] => {
  const reasons: string[] = []
  if (!history.complete) reasons.push('the record has no end')
  else if (history.ended !== 'completed' && !decided) reasons.push(endText(history))
  if (history.complete && !folded.ended) reasons.push('the sample stream has no end')
  if (history.startedAtMs === null) reasons.push('the load never started')
  else if (history.ended === 'completed' && !history.loadEnded) reasons.push('the record has no end of the load')
  if (folded.damaged > 0) reasons.push(`${plural(folded.damaged, 'line')} of the record could not be used`)
  if (folded.overflow !== null)
    reasons.push(
      `more than ${formatCount(folded.overflow)} series: what failed may stand in "other", under no objective`,
    )
  if (history.damaged > 0) reasons.push(`${plural(history.damaged, 'event')} of the record could not be read`)
  for (const reason of [...sumsDisagree(folded.sums), ...history.disorder])
    reasons.push(`the record does not agree with itself: ${reason}`)
  if (history.errors.length > 0 && history.ended !== 'crashed')
    reasons.push(`an error in the run: ${history.errors[0]}`)
  for (const fault of faults) {
    if (fault.activeAtMs !== null && !fault.confirmedRemoved)
      reasons.push(`${fault.label}: nothing proves that it was removed`)
    if (history.faults.get(fault.id)?.unseen)
      reasons.push(`${fault.label}: the last look before its removal got no answer, so it may have ended early`)
    if (fault.skippedReason !== null) reasons.push(`${fault.label} was not injected: ${fault.skippedReason}`)
  }
  if (!objectives.some((objective) => objective.gate === 'required')) reasons.push('there is no required objective')
  return reasons
}

const endText = (history: History): string => {
  if (history.ended === 'interrupted') return 'the run was interrupted'
  if (history.ended === 'decided') return 'the run was stopped as decided, and its record does not show by what'
  if (history.ended === 'guard')
    return `a guard stopped the run: ${history.guards.map(({ guard, evidence }) => `${guard} (${evidence})`).join(', ')}`
  return history.errors.length === 0 ? 'the run ended with a crash' : `the run broke off: ${history.errors[0]}`
}

/** Faults that the harness failed to inject. Skipped ones say why, and are no fault of the harness. */
export const unconfirmedFaults = (history: History, faults: readonly FaultResult[]): string[] =>
  faults
    .filter((fault) => !fault.confirmedActive && fault.skippedReason === null)
    .filter((fault) => history.ended === 'completed' || history.faults.get(fault.id)?.notActive != null)
    .map((fault) => {
      const past = history.faults.get(fault.id)
      const what = past?.confirmedActive ? 'was not active for its whole time' : 'was never confirmed active'
      return `${fault.label} ${what}${past?.notActive == null ? '' : `: ${past.notActive}`}`
    })

/** The worst of fail, invalid, inconclusive, pass. Only required objectives count, and a baseline that gates. */
export const runResult = (
  objectives: readonly ObjectiveResult[],
  invalidReasons: readonly string[],
  doubtReasons: readonly string[],
  baseline?: Comparison,
): RunResult => {
  const required = objectives.filter((objective) => objective.gate === 'required').map((objective) => objective.outcome)
  const outcomes = baseline?.gates ? [...required, baseline.outcome] : required
  if (outcomes.includes('fail')) return 'fail'
  if (invalidReasons.length > 0) return 'invalid'
  if (doubtReasons.length > 0 || outcomes.some((outcome) => outcome !== 'pass')) return 'inconclusive'
  return 'pass'
}

/** First that applies: fault not removed, interrupted, guard, fail, inconclusive or invalid, pass. */
export const exitCodeOf = (result: RunResult, history: History): ExitCode => {
  if ([...history.faults.values()].some((fault) => fault.notRemoved !== null)) return exitCodes.faultNotRemoved
  if (history.ended === 'interrupted') return exitCodes.interrupted
  if (history.ended === 'guard' || history.guards.length > 0) return exitCodes.guardTripped
  if (result === 'fail') return exitCodes.failed
  return result === 'pass' ? exitCodes.pass : exitCodes.inconclusive
}
