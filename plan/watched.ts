import type { ProportionObjective } from '../model/objective.ts'
import type { Expectation, Plan } from '../model/plan.ts'
import type { Verdict } from '../model/verdict.ts'
import { leastWatchedSeconds } from '../verdict/batches.ts'
import { formatMs, plural } from '../verdict/format.ts'
import { endOf } from './faults.ts'

/** So many of the newest earlier runs say what length was needed. */
const mostEarlier = 3

/**
 * Seconds of the phases in which a proportion gates, when every fault is over with its removal: what recovery
 * takes is not known yet.
 */
export const watchedSeconds = (
  { phases }: Pick<ProportionObjective, 'phases'>,
  run: Pick<Plan, 'phases' | 'faults'>,
): number => {
  const { steady, recovery } = run.phases
  if (!phases.includes('recovered')) return Math.floor((steady.endMs - steady.startMs) / 1000)
  let calmMs = 0
  let fromMs = steady.startMs
  for (const fault of run.faults) {
    calmMs += Math.max(0, fault.atMs - fromMs)
    fromMs = Math.max(fromMs, endOf(fault))
  }
  return Math.floor((calmMs + Math.max(0, recovery.endMs - fromMs)) / 1000)
}

/**
 * A proof also needs time: spells of trouble must have had the time to show.
 * @param needed seconds; the least that is needed unless earlier runs say more
 */
export const withTime = (
  expectation: Expectation,
  watched: number,
  run: Pick<Plan, 'faults'>,
  needed: number = leastWatchedSeconds,
  why = '',
): Expectation => {
  const time = { watchedSeconds: watched, neededSeconds: needed }
  if (!expectation.provable) return { ...expectation, ...time }
  const length = (seconds: number) => formatMs(seconds * 1000)
  if (watched < needed)
    return {
      ...expectation,
      ...time,
      provable: false,
      text: `no: ${length(watched)} watched; ${length(needed)} needed${why}`,
    }
  const spare = run.faults.length === 0 ? '' : `, if all recoveries together take less than ${length(watched - needed)}`
  return { ...expectation, ...time, text: `yes${spare}` }
}

/** The same plan, asking for the length that the newest earlier runs of the game day needed. */
export const withEarlier = (plan: Plan, earlier: readonly Verdict[]): Plan => ({
  ...plan,
  expectations: plan.expectations.map((expectation) => {
    const { watchedSeconds: watched, neededSeconds: needed } = expectation
    if (watched === undefined || needed === undefined) return expectation
    const lengths = earlier.slice(0, mostEarlier).flatMap(({ objectives }) => {
      const same = objectives.find(({ id, kind }) => id === expectation.objective && kind === 'proportion')
      return same?.neededSeconds == null ? [] : [same.neededSeconds]
    })
    const longest = Math.max(0, ...lengths)
    if (longest <= needed) return expectation
    return withTime(expectation, watched, plan, longest, ` as ${plural(lengths.length, 'earlier run')} varied`)
  }),
})
