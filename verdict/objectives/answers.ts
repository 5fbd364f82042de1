import type { GaugeObjective } from '../../model/objective.ts'
import { isPrometheusSeries } from '../../model/prometheus.ts'
import { formatCount } from '../format.ts'
import { seriesOf } from '../resources.ts'
import type { JudgeContext } from './context.ts'
import { isFew, secondsOf } from './seen.ts'

/** Why nothing can be said of a series of Prometheus, good or bad; null where it was answered, and for other series. */
export const unanswered = (series: string, { folded: { resources } }: JudgeContext): string | null => {
  if (!isPrometheusSeries(series)) return null
  const answer = resources.answers.get(series)
  if (answer === undefined) return 'the record holds no answer to its query'
  if (answer.failed !== null) return answer.failed
  const found = seriesOf(resources, series).reduce((sum, { atMs }) => sum + atMs.length, 0)
  return found === answer.samples
    ? null
    : `the record holds ${formatCount(found)} of the ${formatCount(answer.samples)} points of its answer`
}

/** Why an answer is known to lack a part; null where it is whole, and for series that are not of Prometheus. */
export const partlyAnswered = (series: string, { folded: { resources } }: JudgeContext): string | null => {
  const incomplete = resources.answers.get(series)?.incomplete ?? null
  return incomplete === null ? null : `the answer is not whole: ${incomplete}`
}

/**
 * Why a good value of an answer is not to be believed: Prometheus says that a part is missing, points are missing,
 * a value is no number, or not all series have points. Under a fault a series may end, since the fault may
 * take away what it belongs to; there only points that no series has are missing. Which series has one is left open,
 * since a component may be replaced by another.
 */
export const incompleteAnswer = (objective: GaugeObjective, context: JudgeContext): string | null => {
  const { folded, phases, plan } = context
  if (plan.prometheus === undefined) return null
  const part = partlyAnswered(objective.series, context)
  if (part !== null) return part
  const { stepMs } = plan.prometheus
  const counts = phases.in(objective.phases)
  const secondOf = (atMs: number) => Math.floor(atMs / 1000) - folded.baseS
  const slotOf = (atMs: number) => Math.floor(atMs / stepMs)
  const expected = Math.floor(secondsOf(context, counts).length / (stepMs / 1000))

  const seen = new Map<number, { series: number; atMs: number }>()
  for (const series of seriesOf(folded.resources, objective.series)) {
    const slots = new Map(series.atMs.filter((atMs) => counts(secondOf(atMs))).map((atMs) => [slotOf(atMs), atMs]))
    for (const [slot, atMs] of slots) seen.set(slot, { series: (seen.get(slot)?.series ?? 0) + 1, atMs })
  }
  const missing = expected - seen.size
  if (!isFew(missing, expected)) return `${formatCount(missing)} of ${formatCount(expected)} points are missing`

  const isCalm = (atMs: number) => counts(secondOf(atMs)) && phases.of(secondOf(atMs)) !== 'fault'
  const notNumbers = folded.resources.answers.get(objective.series)?.notNumbersAtMs.filter(isCalm) ?? []
  if (notNumbers.length > 0) {
    const points = new Set(notNumbers.map(slotOf)).size
    return `${formatCount(points)} of ${formatCount(expected)} points ${points === 1 ? 'is' : 'are'} no number`
  }
  return fewerSeries([...seen.values()].filter(({ atMs }) => isCalm(atMs)).map(({ series }) => series))
}

/** @param counts number of series that have a point, for each point outside of faults */
const fewerSeries = (counts: number[]): string | null => {
  // What so few points have is an overlap of a component with the one that replaces it.
  const most = counts.toSorted((a, b) => b - a).find((_, i, sorted) => !isFew(i + 1, sorted.length)) ?? 0
  const fewer = counts.filter((count) => count < most).length
  return isFew(fewer, counts.length)
    ? null
    : `${formatCount(fewer)} of ${formatCount(counts.length)} points lack some of the ${formatCount(most)} series`
}
