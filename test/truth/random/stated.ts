import type { SliRecovery, Verdict } from '../../../model/verdict.ts'

/** The last fault's recovery by the errors, where one is stated. */
const recoveries = (verdict: Verdict): SliRecovery[] =>
  (verdict.faults.at(-1)?.perSli ?? []).filter(
    ({ objective, state }) => objective === 'errors' && state === 'recovered',
  )

/** Whether the stated recovery time and its resolution hold the planted one. */
export const holdsRecovery =
  (trueMs: number) =>
  (verdict: Verdict): boolean[] =>
    recoveries(verdict).map(
      ({ recoveryMs, resolutionMs }) => recoveryMs !== null && Math.abs(recoveryMs - trueMs) <= (resolutionMs ?? 0) + 1,
    )
