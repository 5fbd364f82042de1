import { durationMs } from '../model/duration.ts'
import { HoldfastError } from '../model/errors.ts'
import type { GameDay } from '../model/gameday.ts'
import type { Plan, PlannedFault } from '../model/plan.ts'
import { endOf } from './faults.ts'

/** Below this the steady state says too little about how the system fares without faults. */
const shortestSteadyMs = 10_000

/** End of the steady state, in ms from the load's start: where the faults' own times begin. */
export const steadyEndOf = (gameDay: GameDay, file: string): number => {
  const steadyMs = durationMs(gameDay.steady, `${file}: steady`)
  if (gameDay.faults.length > 0 && steadyMs < shortestSteadyMs) {
    throw new HoldfastError(`${file}: steady: ${gameDay.steady} is too short to compare the faults with`, {
      hint: `Write at least ${shortestSteadyMs / 1000}s.`,
    })
  }
  return durationMs(gameDay.warmUp, `${file}: warmUp`) + steadyMs
}

/**
 * The phases of the run, which ends with the recovery.
 * @throws HoldfastError when faults have no time to recover from.
 */
export const phasesOf = (
  gameDay: GameDay,
  faults: PlannedFault[],
  file: string,
): Pick<Plan, 'phases' | 'stableForMs'> => {
  const warmUpEndMs = durationMs(gameDay.warmUp)
  const steadyEndMs = steadyEndOf(gameDay, file)
  const before = {
    warmUp: { startMs: 0, endMs: warmUpEndMs },
    steady: { startMs: warmUpEndMs, endMs: steadyEndMs },
  }
  const { recovery } = gameDay
  if (faults.length === 0) {
    if (recovery)
      throw new HoldfastError(`${file}: recovery: there are no faults to recover from`, { hint: 'Leave it out.' })
    const none = { startMs: steadyEndMs, endMs: steadyEndMs }
    return { phases: { ...before, faults: none, recovery: none }, stableForMs: 0 }
  }
  if (!recovery) {
    throw new HoldfastError(`${file}: recovery: is missing`, {
      hint: "Write how long the run goes on after the last fault: recovery: { for: '30s', stableFor: '10s' }.",
    })
  }
  const stableForMs = durationMs(recovery.stableFor, `${file}: recovery.stableFor`)
  const recoveryMs = durationMs(recovery.for, `${file}: recovery.for`)
  if (stableForMs >= recoveryMs) {
    throw new HoldfastError(
      `${file}: recovery.stableFor: ${recovery.stableFor} leaves no time to recover in ${recovery.for}`,
      {
        hint: 'Make recovery.for longer, or stableFor shorter.',
      },
    )
  }
  const faultsEndMs = Math.max(...faults.map(endOf))
  return {
    phases: {
      ...before,
      faults: { startMs: steadyEndMs, endMs: faultsEndMs },
      recovery: { startMs: faultsEndMs, endMs: faultsEndMs + recoveryMs },
    },
    stableForMs,
  }
}
