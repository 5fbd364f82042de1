import type { ProportionObjective } from '../../model/objective.ts'
import type { Figure, ObjectiveResult } from '../../model/verdict.ts'
import type { Batch, ShareBounds } from '../batches.ts'
import { shareBounds } from '../batches.ts'
import { allowedRatio, samplesNeeded } from '../binomial.ts'
import {
  dash,
  formatCount,
  formatMs,
  formatMsInterval,
  formatRatio,
  formatRatioInterval,
  percentDigits,
} from '../format.ts'
import type { LatencyGrid } from '../latency-grid.ts'
import { sumGrid, wholeColumns } from '../latency-grid.ts'
import { sumSeconds } from '../seconds.ts'
import type { SliRecord } from '../sli-record.ts'
import { countFrom, quantileUs, withoutHistogram } from '../windows.ts'

type Counts = (at: number) => boolean

/**
 * What is shown: the latency at the target percentile (ms), or the share of bad or good requests.
 * Counts against the threshold are exact and columns of latencies are not: a percentile never stands on the other
 * side of the threshold than the counts do. Null where no column lies within the phase.
 */
export const measure = (objective: ProportionObjective, record: SliRecord, counts: Counts): Figure => {
  const sum = sumSeconds(record.seconds, counts)
  if (sum.due === 0) return { value: null, text: dash }
  const bad = sum.bad / sum.due
  if (objective.show === 'badRatio') return { value: bad, text: formatRatio(bad) }
  if (objective.show === 'goodRatio') return { value: 1 - bad, text: formatRatio(1 - bad) }
  const allowed = allowedRatio(objective.targetRatio)
  const latency = record.grid && sumGrid(record.grid, counts)
  const us = latency && quantileUs(latency, objective.targetRatio)
  if (us === null) {
    if (objective.thresholdUs === null) return { value: null, text: dash }
    return { value: null, text: `${bad > allowed ? '≥' : '<'} ${formatMs(objective.thresholdUs / 1000)}` }
  }
  const ms = sideOf(us, objective.thresholdUs, bad > allowed) / 1000
  return { value: ms, text: sum.failed / sum.due > allowed ? `≥ ${formatMs(ms)}` : formatMs(ms) }
}

/** At or over the threshold, or one microsecond below it at most. */
const sideOf = (us: number, thresholdUs: number | null, isOver: boolean): number => {
  if (thresholdUs === null) return us
  return isOver ? Math.max(us, thresholdUs) : Math.min(us, thresholdUs - 1)
}

/** Failed requests count as slow; the latency of the successes stands beside it. */
export const successes = (
  objective: ProportionObjective,
  record: SliRecord,
  counts: Counts,
  failed: number,
): string => {
  if (objective.show !== 'latency' || failed === 0 || !record.grid || record.thresholdUs === null) return ''
  const answered = record.failures
    ? withoutHistogram(sumGrid(record.grid, counts), sumGrid(record.failures, counts))
    : null
  const us = answered && quantileUs(answered, objective.targetRatio)
  const alone = us === null ? '' : `; of the successes alone: ${formatMs(us / 1000)}`
  return `, ${formatCount(failed)} of them failed and count as slow${alone}`
}

/**
 * The one-sided 95 % bounds of what is shown. For a percentile: those of the share of requests above the
 * measured value, read back from the histogram (Woodruff 1952), on the side of the threshold on which the bounds that
 * decide are. Open above when the share cannot be bounded away from the slowest request.
 */
export const intervalOf = (
  objective: ProportionObjective,
  record: SliRecord,
  counts: Counts,
  shares: ShareBounds,
): ObjectiveResult['interval'] => {
  if (objective.show === 'badRatio')
    return { low: shares.low, high: shares.high, text: formatRatioInterval(shares.low, shares.high) }
  if (objective.show === 'goodRatio') {
    return { low: 1 - shares.high, high: 1 - shares.low, text: formatRatioInterval(1 - shares.high, 1 - shares.low) }
  }
  const none = { low: null, high: null, text: dash }
  if (!record.grid) return none
  const latency = sumGrid(record.grid, counts)
  const us = quantileUs(latency, objective.targetRatio)
  const needed = samplesNeeded(objective.targetRatio)
  if (us === null || needed === null || latency.n < needed) return none
  const allowed = allowedRatio(objective.targetRatio)
  const bounds = shareBounds(columnsOver(record.grid, counts, us))
  // The share in the columns differs from the target's by the width of a bucket: take the distances, not the ends.
  const centre = countFrom(latency, us) / latency.n
  const low = allowed - Math.max(0, centre - bounds.low)
  const high = allowed + Math.max(0, bounds.high - centre)
  const { thresholdUs } = objective
  const lowMs = sideOf(quantileUs(latency, Math.max(0, 1 - high)) ?? us, thresholdUs, shares.low > allowed) / 1000
  const upper = low <= 1 / latency.n ? null : quantileUs(latency, 1 - low)
  const highMs = upper === null ? null : sideOf(upper, thresholdUs, shares.high > allowed) / 1000
  return { low: lowMs, high: highMs, text: formatMsInterval(lowMs, highMs) }
}

/** Samples at or above a value, column by column. */
const columnsOver = (grid: LatencyGrid, counts: Counts, valueUs: number): Batch[] =>
  wholeColumns(grid, counts).map((histogram) => ({ n: histogram.n, bad: countFrom(histogram, valueUs) }))

/** How far the measured value stands from the target; negative when over it. */
export const marginOf = (objective: ProportionObjective, measured: Figure, bad: number, allowed: number): Figure => {
  if (objective.show !== 'latency') return { value: allowed - bad, text: `${percentDigits(allowed - bad)} pts` }
  if (measured.value === null || objective.thresholdUs === null) return { value: null, text: dash }
  const ms = objective.thresholdUs / 1000 - measured.value
  return { value: ms, text: formatMs(ms) }
}
