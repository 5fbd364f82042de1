import type { CapacitySpec } from '../model/capacity.ts'
import { HoldfastError } from '../model/errors.ts'
import type { GameDay } from '../model/gameday.ts'
import type { Plan } from '../model/plan.ts'
import type { PlanOptions } from './options.ts'

/**
 * The game day at one rate of its capacity search: the load times a factor, and the step's length
 * but for the last run, which has the game day's own. Without a step, at its first rate.
 */
export const atStep = (gameDay: GameDay, { step }: PlanOptions, file: string): GameDay => {
  const { capacity } = gameDay
  if (capacity === undefined) return gameDay
  if (gameDay.faults.length > 0) {
    throw new HoldfastError(`${file}: capacity: a search for the highest rate goes without faults`, {
      hint: 'Leave faults empty, or write a game day of its own.',
    })
  }
  const factor = step?.factor ?? capacity.from ?? Math.min(1, capacity.upTo)
  return {
    ...gameDay,
    load: gameDay.load.map((entry) => ({ ...entry, rateFactor: (entry.rateFactor ?? 1) * factor })),
    steady: step === undefined || step.isLast ? gameDay.steady : (capacity.step ?? '15s'),
  }
}

/** How the search goes, with the precision that the command line wants. */
export const searchOf = (
  { capacity }: GameDay,
  { precisionRatio }: PlanOptions,
  file: string,
): { search?: CapacitySpec } => {
  if (precisionRatio === undefined) return capacity === undefined ? {} : { search: capacity }
  if (capacity === undefined) {
    throw new HoldfastError(`${file}: does not look for its capacity, so there is nothing for --precision`, {
      hint: 'Leave --precision out.',
    })
  }
  if (!(precisionRatio >= 0.01)) {
    throw new HoldfastError('--precision is not a number of at least 0.01', {
      hint: 'For instance 0.1, which is 10 %.',
    })
  }
  return { search: { ...capacity, precisionRatio } }
}

/** What the last run of a search knows of the rates before it. */
export const capacityOf = ({ capacity }: GameDay, { step }: PlanOptions): Pick<Plan, 'capacity'> =>
  capacity === undefined || !step?.isLast
    ? {}
    : { capacity: { factor: step.factor, upTo: capacity.upTo, steps: step.steps } }
