import type { PlannedLoad } from '../model/plan.ts'
import { formatMs, plural } from './format.ts'
import type { LoadRecord } from './load.ts'
import type { Traffic } from './traffic.ts'
import { excessAt, longestIterationMs } from './traffic.ts'

/** Above this share of a scenario's due iterations the run is invalid; below it they count as bad requests. */
const ownDropsLimit = 0.01
/** Seconds without a drop that still belong to one stretch of them. */
const stretchGapS = 2
/** How far back iterations may have begun that hold a virtual user; longer ones are seen in part. */
const lookBackS = 300
/** More iterations than this that never completed, and whose requests had no answer, leave open what held them up. */
const unfinishedRatio = 0.01
/** A system that holds up every virtual user while something is dropped gives at least this share of that time as excess. */
const leastExcessRatio = 0.1

/**
 * Finds the dropped iterations that the scenario itself had no virtual users for, and marks them in `load.ownDropped`.
 * Needs `load.ownInterrupted`.
 *
 * Drops mean that every virtual user was busy. With Little's law the arrivals need rate x duration of them; what the
 * requests took beyond the objectives (failed ones wholly) is taken out of the duration, since that is the system's
 * doing. Where even the rest needs more users than there are, a system that holds its objectives would have been dropped
 * on, too; and where there is hardly any such time, the system held up nobody. Returns why the run is invalid, or null.
 *
 * Source: J. D. C. Little, A proof for the queuing formula L = λW (Operations Research 1961).
 * @param vus virtual users of this scenario
 * @param allBusy whether every virtual user of the run was busy in a second; where some were free k6 itself was slow
 */
export const findOwnDrops = (
  planned: PlannedLoad,
  load: LoadRecord,
  traffic: Traffic | undefined,
  vus: number,
  allBusy: (at: number) => boolean,
): string | null => {
  const own: { from: number; to: number; iterationMs: number }[] = []
  let dropped = 0
  for (const [from, to] of stretches(load.dropped)) {
    const iterationMs = ownDurationMs(load, traffic, vus, [from, to], allBusy)
    if (iterationMs === null) continue
    own.push({ from, to, iterationMs })
    dropped += sumOf(load.dropped, from, to)
  }
  const all = load.started.length - 1
  const due = sumOf(load.started, 0, all) + sumOf(load.dropped, 0, all)
  if (dropped === 0 || dropped <= ownDropsLimit * due) return null
  for (const { from, to } of own) load.ownDropped.set(load.dropped.subarray(from, to + 1), from)
  const longest = Math.max(...own.map(({ iterationMs }) => iterationMs))
  return (
    `scenario ${load.scenario} has too few virtual users: ${plural(dropped, 'iteration')} dropped although no request was ` +
    `slower than allowed (iterations took ${formatMs(longest)} on average, longestIterationMs allows ` +
    `${formatMs(longestIterationMs(planned))}, which gives ${plural(vus, 'virtual user')}); raise longestIterationMs or extraVus`
  )
}

/** Mean duration of the iterations around a stretch of drops when their own length used up the virtual users; else null. */
const ownDurationMs = (
  load: LoadRecord,
  traffic: Traffic | undefined,
  vus: number,
  [from, to]: [number, number],
  allBusy: (at: number) => boolean,
): number | null => {
  const seconds = to - from + 1
  const startedHere = sumOf(load.started, from, to)
  const perSecond = (startedHere + sumOf(load.dropped, from, to)) / seconds
  // Every user is busy: iterations start as users come free.
  const littleMs = startedHere === 0 ? Number.POSITIVE_INFINITY : (1000 * vus * seconds) / startedHere
  const first = Math.max(0, from - Math.min(lookBackS, Math.ceil(Math.min(littleMs, lookBackS * 1000) / 1000)))
  const completed = sumOf(load.completed, first, to)
  // Nothing came back, or not all of it: how long the system would have taken is not known.
  const unanswered = sumOf(load.started, first, to) - completed - sumOf(load.ownInterrupted, first, to)
  if (completed === 0 || unanswered > completed * unfinishedRatio) return null
  const meanMs = load.timed ? sumOf(load.durationUs, first, to) / completed / 1000 : littleMs
  let excessUs = 0
  if (traffic) for (let at = first; at <= to; at++) excessUs += excessAt(traffic, at)
  const ownMs = meanMs - excessUs / 1000 / completed
  const droppedUs = (1e6 * sumOf(load.dropped, from, to)) / perSecond
  const heldUp = excessUs > leastExcessRatio * vus * droppedUs
  const heldUpNobody = !heldUp && seconds <= count(from, to, allBusy)
  return heldUpNobody || (perSecond * ownMs) / 1000 > vus ? meanMs : null
}

const count = (from: number, to: number, holds: (at: number) => boolean): number => {
  let seconds = 0
  for (let at = from; at <= to; at++) if (holds(at)) seconds++
  return seconds
}

/** First and last seconds of the stretches in which something was dropped. */
const stretches = (dropped: Uint32Array): [from: number, to: number][] => {
  const found: [number, number][] = []
  for (let at = 0; at < dropped.length; at++) {
    if ((dropped[at] ?? 0) === 0) continue
    const last = found.at(-1)
    if (last && at - last[1] <= stretchGapS + 1) last[1] = at
    else found.push([at, at])
  }
  return found
}

const sumOf = (column: Uint32Array | Int32Array | Float64Array, from: number, to: number): number => {
  let sum = 0
  for (let at = from; at <= to; at++) sum += column[at] ?? 0
  return sum
}

/** Virtual users of a scenario: as planned, or all there were where it is the only one, or as its rate and length give. */
export const vusOf = (planned: PlannedLoad, loads: number, vusMax: number): number => {
  if (planned.vus !== undefined) return planned.vus
  if (loads === 1 && vusMax > 0) return vusMax
  const peak = planned.rate.reduce((most, [, perSecond]) => Math.max(most, perSecond), 0)
  return Math.ceil((peak * longestIterationMs(planned)) / 1000) + 1
}
