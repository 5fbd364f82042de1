import type { PlannedLoad } from '../model/plan.ts'
import { formatMs, plural } from './format.ts'
import type { LoadRecord } from './load.ts'
import type { Traffic } from './traffic.ts'
import { longestIterationMs, samplesOf } from './traffic.ts'

/** Above this share of a scenario's iterations the run is invalid; below it they count as bad requests. */
const ownLimit = 0.01

/**
 * Finds the iterations that did not end before k6 gave up on them although their requests were answered (a pause that is
 * longer than the declared iteration, say), and marks them in `load.ownInterrupted`. Where any request that is declared
 * for each iteration has no sample, the system may not have answered it: the iteration stays a bad request, and
 * `load.unanswered` tells of which names. Returns why the run is invalid, or null.
 */
export const findOwnInterruptions = (
  planned: PlannedLoad,
  load: LoadRecord,
  traffic: Traffic | undefined,
): string | null => {
  const interrupted = interruptedIterations(load)
  load.interrupted = interrupted
  if (!interrupted.some((n) => n > 0)) return null
  for (const [name, perIteration] of Object.entries(planned.requests)) {
    if (perIteration < 1) continue
    const samples = samplesOf(traffic, name)
    load.unanswered.set(
      name,
      interrupted.map((here, at) => {
        const missing = Math.ceil((load.started[at] ?? 0) - (samples?.[at] ?? 0) / perIteration)
        return Math.min(here, Math.max(0, missing))
      }),
    )
  }
  if (!load.unanswered.has(planned.sli)) return null
  const unanswered = [...load.unanswered.values()]
  const marked = interrupted.map((here, at) => here - Math.max(...unanswered.map((missing) => missing[at] ?? 0)))
  const [own, all] = [sumOf(marked), sumOf(load.started)]
  if (own <= ownLimit * all) return null
  load.ownInterrupted = marked
  return (
    `scenario ${load.scenario}: ${plural(own, 'iteration')} had not ended when k6 gave up on them, although their requests were ` +
    `answered: they take longer than longestIterationMs says (${formatMs(longestIterationMs(planned))})`
  )
}

const sumOf = (column: Int32Array | Uint32Array): number => {
  let sum = 0
  for (const n of column) sum += n
  return sum
}

/**
 * Iterations that started and never completed, by the second of their start. k6 takes the start of
 * the completed ones a few microseconds before the scenario's own count, so that around the turn of a
 * second one second has too many and its neighbour too few: these cancel first.
 */
export const interruptedIterations = (load: LoadRecord): Int32Array => {
  const open = Int32Array.from(load.started, (started, at) => started - (load.completed[at] ?? 0))
  for (let at = 0; at < open.length; at++) {
    for (const neighbour of [at + 1, at - 1]) {
      const surplus = -(open[at] ?? 0)
      const missing = open[neighbour] ?? 0
      if (surplus <= 0 || missing <= 0) continue
      const moved = Math.min(surplus, missing)
      open[at] = moved - surplus
      open[neighbour] = missing - moved
    }
  }
  for (let at = 0; at < open.length; at++) if ((open[at] ?? 0) < 0) open[at] = 0
  return open
}
