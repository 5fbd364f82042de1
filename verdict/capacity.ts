import type { Capacity, CapacitySpec, CapacityStep } from '../model/capacity.ts'
import { formatMs, formatNumber, formatRatio, plural } from './format.ts'

const mostSteps = 16
/** Below this share of the first rate nothing is looked for. */
const lowestRatio = 1 / 32
const saturatedRatio = 0.9
/** How far the curve must bend from a straight line, of its whole height, to have a knee. */
const leastBend = 0.2

/**
 * The next rate to try, as a multiple of the load's own: up by `growth` while everything holds, down
 * while nothing does, else the geometric middle. Where a rate is undecided that is no bound: the search
 * goes on above it until one breaks, and below it only then: a lower rate has fewer requests to decide by.
 * Null when the rates are near enough, or there were enough steps.
 */
export const nextFactor = (steps: readonly CapacityStep[], spec: CapacitySpec): number | null => {
  const { from = Math.min(1, spec.upTo), growth = 2 } = spec
  if (steps.length === 0) return from
  if (steps.length >= mostSteps) return null
  const { held, notHeld } = edges(steps)
  if (notHeld === null) return above(held?.factor ?? from, spec)
  const inside = held && between(held.factor, notHeld.factor, spec)
  const next = inside ?? (notHeld.state === 'unclear' ? bound(steps, held, spec) : null)
  if (next !== null || held !== null) return next
  if (notHeld.state === 'unclear' && !steps.some(({ state }) => state === 'broke')) return null
  const below = Math.min(...steps.map(({ factor }) => factor)) / growth
  return below < from * lowestRatio ? null : below
}

/** Looks for what bounds the interval above an undecided rate: the lowest rate that broke, or could not be offered. */
const bound = (steps: readonly CapacityStep[], held: CapacityStep | null, spec: CapacitySpec): number | null => {
  const tops = steps.filter(
    ({ state, factor }) => (state === 'broke' || state === 'not-offered') && factor > (held?.factor ?? 0),
  )
  const top = Math.min(...tops.map(({ factor }) => factor))
  const undecided = Math.max(...steps.map(({ factor }) => factor).filter((factor) => factor < top))
  return top === Number.POSITIVE_INFINITY ? above(undecided, spec) : between(undecided, top, spec)
}

const above = (factor: number, { upTo, growth = 2 }: CapacitySpec): number | null =>
  factor >= upTo ? null : Math.min(upTo, factor * growth)

const between = (low: number, high: number, { precisionRatio = 0.1 }: CapacitySpec): number | null =>
  high / low <= 1 + precisionRatio ? null : Math.sqrt(low * high)

/**
 * The lowest rate that did not hold, and the highest below it that did: one lucky step above proves nothing.
 * Undecided rates below all others prove nothing either, where the next one up held each time.
 */
const edges = (steps: readonly CapacityStep[]): { held: CapacityStep | null; notHeld: CapacityStep | null } => {
  const sorted = steps.toSorted((a, b) => a.factor - b.factor)
  const decided = sorted.find(({ state }) => state !== 'unclear')?.factor ?? 0
  const from = sorted.every(({ state, factor }) => factor !== decided || state === 'held') ? decided : 0
  const notHeld = sorted.find(({ state, factor }) => state !== 'held' && factor >= from) ?? null
  const held =
    sorted.findLast(({ state, factor }) => state === 'held' && (notHeld === null || factor < notHeld.factor)) ?? null
  return { held, notHeld }
}

/** The rate at which the search ends: the highest that holds, else the lowest that was tried. */
export const confirmedFactor = (steps: readonly CapacityStep[]): number =>
  edges(steps).held?.factor ?? Math.min(...steps.map(({ factor }) => factor))

/**
 * Whether the search is over: the last step, which was to confirm a rate, held, or there is neither another
 * rate to try nor a lower one to confirm.
 */
export const isSettled = (steps: readonly CapacityStep[], spec: CapacitySpec): boolean => {
  const last = steps.at(-1)
  if (last === undefined || last.state === 'held') return true
  return nextFactor(steps, spec) === null && confirmedFactor(steps) >= last.factor
}

/**
 * What the steps say together. A rate that was tried twice and did not hold once, does not hold.
 * The interval reaches from the highest rate that holds to the lowest that is proven broken.
 * @param upTo highest rate that was asked for, as a multiple of the load's own; a search may end before it
 */
export const capacityOf = (all: readonly CapacityStep[], upTo: number): Capacity => {
  const steps = all.toSorted((a, b) => a.factor - b.factor)
  const { held, notHeld } = edges(steps)
  const broke = steps.find(({ state, factor }) => state === 'broke' && factor > (held?.factor ?? 0)) ?? null
  const limit = limitOf(broke, notHeld, held !== null && held.factor >= upTo)
  const low = held?.offeredPerSecond ?? null
  const high = limit === 'objective' ? (broke?.offeredPerSecond ?? null) : null
  return {
    holdsPerSecond: low,
    interval: {
      low,
      high,
      text: `[${low === null ? '0' : formatNumber(round(low))}, ${high === null ? '∞' : formatNumber(round(high))}]`,
    },
    limit,
    sentence: sentenceOf(held, broke, notHeld, limit, new Set(steps.map(({ factor }) => factor)).size),
    knee: kneeOf(steps),
    bottleneck: bottleneckOf(steps),
    steps,
  }
}

const limitOf = (broke: CapacityStep | null, notHeld: CapacityStep | null, reachedTop: boolean): Capacity['limit'] => {
  if (broke) return 'objective'
  if (notHeld === null) return reachedTop ? 'maximum' : 'unclear'
  return notHeld.state === 'not-offered' ? 'generator' : 'unclear'
}

const sentenceOf = (
  held: CapacityStep | null,
  broke: CapacityStep | null,
  notHeld: CapacityStep | null,
  limit: Capacity['limit'],
  tried: number,
): string => {
  const rate = (step: CapacityStep) => `${formatNumber(round(step.offeredPerSecond))}/s`
  const none = notHeld?.state === 'broke' ? 'Holds no rate that was tried' : 'No rate that was tried is known to hold'
  const interval = (above: string) =>
    held ? `Holds ${rate(held)} [${formatNumber(round(held.offeredPerSecond))}, ${above}]` : none
  if (limit === 'objective' && broke)
    return `${interval(formatNumber(round(broke.offeredPerSecond)))}, breaks at ${rate(broke)} on ${broke.reason}.`
  if (limit === 'generator' && notHeld)
    return `${interval('∞')}; where it breaks is not known: the load generator could not offer ${rate(notHeld)} (${notHeld.reason}).`
  if (limit === 'maximum') return `${interval('∞')}; nothing broke up to the highest rate that was asked for.`
  if (notHeld) return `${interval('∞')}; at ${rate(notHeld)} it is not decided (${notHeld.reason}).`
  return `${interval('∞')}; nothing broke, but the search ended after ${plural(tried, 'rate')}, below the highest that was asked for.`
}

/** Three digits: the next one is noise. */
const round = (perSecond: number): number => Number(perSecond.toPrecision(3))

/**
 * The point farthest below the straight line from the first to the last point, both axes from 0 to 1
 * (Satopää et al. 2011, "Kneedle"), latency by its logarithm.
 */
const kneeOf = (steps: readonly CapacityStep[]): Capacity['knee'] => {
  const points = steps.flatMap(({ offeredPerSecond, p95Ms, state }) =>
    p95Ms !== null && p95Ms > 0 && state !== 'not-offered' ? [{ x: offeredPerSecond, p95Ms, y: Math.log(p95Ms) }] : [],
  )
  const [first] = points
  const last = points.at(-1)
  if (!first || !last || points.length < 4 || last.y - first.y < Math.log(2)) return null
  const bends = points.map((point) => ({
    point,
    bend: (point.x - first.x) / (last.x - first.x) - (point.y - first.y) / (last.y - first.y),
  }))
  const best = bends.reduce((a, b) => (b.bend > a.bend ? b : a))
  if (best.bend < leastBend) return null
  const { x: perSecond, p95Ms } = best.point
  return { perSecond, p95Ms, text: `The knee is near ${formatNumber(round(perSecond))}/s (p95 ${formatMs(p95Ms)}).` }
}

/** The first resource that was used up as the rate rose. */
const bottleneckOf = (steps: readonly CapacityStep[]): string => {
  const sampled = steps.filter(({ saturation }) => saturation.length > 0)
  if (sampled.length === 0) return 'Nothing was sampled of the components.'
  for (const { saturation, offeredPerSecond } of sampled) {
    const [highest] = saturation
    if (highest && highest.ratio >= saturatedRatio) {
      const share = highest.ratio <= 1 ? `${formatRatio(highest.ratio)} used` : 'all of it used'
      return `First used up: ${highest.resource}, at ${formatNumber(round(offeredPerSecond))}/s (${share}).`
    }
  }
  const highest = sampled.flatMap(({ saturation }) => saturation).reduce((a, b) => (b.ratio > a.ratio ? b : a))
  return `No sampled resource was used up; nearest was ${highest.resource} with ${formatRatio(highest.ratio)}. The limit lies elsewhere: waiting, locks, or a limit of concurrency.`
}
