import type { ProportionObjective } from '../../model/objective.ts'
import { phaseNames } from '../../model/slo.ts'
import type { Figure, ObjectiveResult } from '../../model/verdict.ts'
import type { Proof } from '../binomial.ts'
import { allowedRatio, bounds, prove, samplesNeeded } from '../binomial.ts'
import type { Block } from '../bootstrap.ts'
import { blockBounds, blockSeconds } from '../bootstrap.ts'
import { formatCount, formatMs, formatMsInterval, formatRatio, formatRatioInterval, percentDigits } from '../format.ts'
import { sumGrid } from '../latency-grid.ts'
import { sumSeconds } from '../seconds.ts'
import type { SliRecord } from '../sli-record.ts'
import { countFrom, quantileUs, withoutHistogram } from '../windows.ts'
import type { JudgeObjective } from './context.ts'
import { blankResult } from './context.ts'

/**
 * At least `targetRatio` of the requests are good: proven by the exact binomial bound and, from 10
 * blocks on, also by the block bootstrap; whichever is wider decides.
 */
export const judgeProportion: JudgeObjective<ProportionObjective> = (objective, context) => {
  const { folded, phases, plan } = context
  const record = folded.slis.get(objective.id)
  if (!record) throw new Error(`objective ${objective.id} was not folded`)
  const counts = phases.in(objective.phases)
  const sum = sumSeconds(record.seconds, counts)
  const result = {
    ...blankResult(objective, 'no-data', 'no-samples', 'no request was due'),
    phases: perPhase(objective, record, context),
  }
  if (sum.due === 0) return result
  if (sum.unsure > 0) {
    context.warn(
      `${objective.title}: the record did not count its threshold; ${formatCount(sum.unsure)} samples in the histogram bucket ` +
        'of the threshold are taken as slow for a pass and as fast for a breach, and edges are whole seconds.',
    )
  }
  const allowed = allowedRatio(objective.targetRatio)
  const shares = ratioBounds(record, counts, sum)
  const proof = decide(sum, allowed, shares.blocks)
  const ratio = sum.bad / sum.due
  const figure = measure(objective, record, counts)
  return {
    ...result,
    ...conclude(objective, sum, proof, plan.requireProof, allowed, successes(objective, record, counts, sum.failed)),
    measured: figure,
    interval: intervalOf(objective, record, counts, shares),
    n: sum.due,
    needed: samplesNeeded(objective.targetRatio, proof === 'proven-pass' ? 0 : Math.min(sum.bad, 1000)),
    margin: marginOf(objective, figure, ratio, allowed),
  }
}

type Sum = ReturnType<typeof sumSeconds>
type Counts = (at: number) => boolean
interface RatioBounds {
  low: number
  high: number
  blocks: { low: number; high: number } | null
}

/** The exact bound decides, unless the bootstrap's reaches over the target. */
const decide = (sum: Sum, allowed: number, blocks: RatioBounds['blocks']): Proof => {
  // Samples in the threshold's own bucket may be on either side: each proof takes the harder reading.
  const pass = prove(sum.bad, sum.due, allowed)
  if (pass === 'proven-pass') return blocks !== null && blocks.high > allowed ? 'not-proven' : pass
  const fail = prove(sum.bad - sum.unsure, sum.due, allowed)
  if (fail === 'proven-fail') return blocks !== null && blocks.low <= allowed ? 'not-proven' : fail
  return 'not-proven'
}

const conclude = (
  objective: ProportionObjective,
  sum: Sum,
  proof: Proof,
  requireProof: boolean,
  allowed: number,
  aside: string,
): Pick<ObjectiveResult, 'outcome' | 'proven' | 'reasonCode' | 'reason'> => {
  const seen = `${formatCount(sum.bad)} bad of ${formatCount(sum.due)}${aside}`
  if (proof === 'proven-pass') return { outcome: 'pass', proven: true, reasonCode: proof, reason: seen }
  if (proof === 'proven-fail')
    return {
      outcome: 'fail',
      proven: true,
      reasonCode: proof,
      reason: `${seen}; at most ${formatRatio(allowed)} allowed`,
    }
  if (sum.bad / sum.due > allowed) {
    return {
      outcome: 'inconclusive',
      proven: false,
      reasonCode: 'breach-not-proven',
      reason: `over the target, but not proven: ${seen}; at most ${formatRatio(allowed)} allowed`,
    }
  }
  const needed = samplesNeeded(objective.targetRatio, Math.min(sum.bad, 1000))
  const lack =
    needed !== null && sum.due < needed
      ? `${formatCount(sum.due)} seen, ${formatCount(needed)} needed`
      : needed === null
        ? 'a target of 100 % cannot be proven'
        : `${seen}; the interval reaches over the target`
  if (requireProof)
    return { outcome: 'inconclusive', proven: false, reasonCode: 'not-proven', reason: `not proven: ${lack}` }
  return {
    outcome: 'pass',
    proven: false,
    reasonCode: 'no-breach-seen',
    reason: `no breach seen, not proven (${lack})`,
  }
}

/** The wider of Clopper-Pearson and block bootstrap. */
const ratioBounds = (record: SliRecord, counts: Counts, sum: Sum): RatioBounds => {
  const exact = bounds(sum.bad, sum.due)
  const blocks = blockBounds(secondBlocks(record, counts))
  return { low: Math.min(exact.low, blocks?.low ?? 1), high: Math.max(exact.high, blocks?.high ?? 0), blocks }
}

const secondBlocks = (record: SliRecord, counts: Counts): Block[] => {
  const blocks: Block[] = []
  let block = { n: 0, bad: 0 }
  let taken = 0
  for (let at = 0; at < record.seconds.length; at++) {
    if (!counts(at)) continue
    block.n += record.seconds.due[at] ?? 0
    block.bad += record.seconds.bad[at] ?? 0
    if (++taken % blockSeconds === 0) {
      blocks.push(block)
      block = { n: 0, bad: 0 }
    }
  }
  // An unfinished last block would weigh as much as a full one when it is drawn: it joins the one before.
  const last = blocks.at(-1)
  if (last) {
    last.n += block.n
    last.bad += block.bad
  } else blocks.push(block)
  return blocks
}

/** What is shown: the latency at the target percentile (ms), or the share of bad or good requests. */
export const measure = (objective: ProportionObjective, record: SliRecord, counts: Counts): Figure => {
  const sum = sumSeconds(record.seconds, counts)
  if (sum.due === 0) return { value: null, text: '–' }
  const bad = sum.bad / sum.due
  if (objective.show === 'badRatio') return { value: bad, text: formatRatio(bad) }
  if (objective.show === 'goodRatio') return { value: 1 - bad, text: formatRatio(1 - bad) }
  const latency = record.grid && sumGrid(record.grid, counts)
  const us = latency && quantileUs(latency, objective.targetRatio)
  if (us === null) return { value: null, text: '–' }
  const failedDecides = sum.failed / sum.due > allowedRatio(objective.targetRatio)
  return { value: us / 1000, text: failedDecides ? `≥ ${formatMs(us / 1000)}` : formatMs(us / 1000) }
}

/** Failed requests count as slow; the latency of the successes stands beside it. */
const successes = (objective: ProportionObjective, record: SliRecord, counts: Counts, failed: number): string => {
  if (objective.show !== 'latency' || failed === 0 || !record.grid || record.thresholdUs === null) return ''
  const answered = record.failures
    ? withoutHistogram(sumGrid(record.grid, counts), sumGrid(record.failures, counts))
    : null
  const us = answered && quantileUs(answered, objective.targetRatio)
  const alone = us === null ? '' : `; of the successes alone: ${formatMs(us / 1000)}`
  return `, ${formatCount(failed)} of them failed and count as slow${alone}`
}

/**
 * Interval of what is shown. For a percentile: the interval of the share of requests above the
 * measured value (Clopper-Pearson and block bootstrap, the wider), read back from the histogram
 * (Woodruff 1952). Open above when the share cannot be bounded away from the slowest request.
 */
const intervalOf = (
  objective: ProportionObjective,
  record: SliRecord,
  counts: Counts,
  shares: RatioBounds,
): ObjectiveResult['interval'] => {
  if (objective.show === 'badRatio')
    return { low: shares.low, high: shares.high, text: formatRatioInterval(shares.low, shares.high) }
  if (objective.show === 'goodRatio') {
    return { low: 1 - shares.high, high: 1 - shares.low, text: formatRatioInterval(1 - shares.high, 1 - shares.low) }
  }
  const none = { low: null, high: null, text: '–' }
  if (!record.grid) return none
  const latency = sumGrid(record.grid, counts)
  const us = quantileUs(latency, objective.targetRatio)
  const needed = samplesNeeded(objective.targetRatio)
  if (us === null || needed === null || latency.n < needed) return none
  const above = Math.min(latency.n, Math.max(0, Math.round(allowedRatio(objective.targetRatio) * latency.n)))
  const exact = bounds(above, latency.n)
  const blocks = blockBounds(gridBlocks(record, counts, us))
  const share = above / latency.n
  // The bootstrap's own centre differs by the width of a bucket: take its distances, not its ends.
  const centre = countFrom(latency, us) / latency.n
  const low = Math.min(exact.low, blocks ? share - Math.max(0, centre - blocks.low) : 1)
  const high = Math.max(exact.high, blocks ? share + Math.max(0, blocks.high - centre) : 0)
  const lowMs = (quantileUs(latency, Math.max(0, 1 - high)) ?? us) / 1000
  const highMs = low <= 1 / latency.n ? null : (quantileUs(latency, 1 - low) ?? us) / 1000
  return { low: lowMs, high: highMs, text: formatMsInterval(lowMs, highMs) }
}

const gridBlocks = (record: SliRecord, counts: Counts, valueUs: number): Block[] => {
  const grid = record.grid
  if (!grid) return []
  const perBlock = Math.max(1, Math.round(blockSeconds / grid.step))
  const blocks: Block[] = []
  let block = { n: 0, bad: 0 }
  let taken = 0
  grid.columns.forEach((histogram, at) => {
    if (!histogram || !counts(Math.floor((at + 0.5) * grid.step))) return
    block.n += histogram.n
    block.bad += countFrom(histogram, valueUs)
    if (++taken % perBlock === 0) {
      blocks.push(block)
      block = { n: 0, bad: 0 }
    }
  })
  return blocks
}

/** How far the measured value stands from the target; negative when over it. */
const marginOf = (objective: ProportionObjective, measured: Figure, bad: number, allowed: number): Figure => {
  if (objective.show !== 'latency') return { value: allowed - bad, text: `${percentDigits(allowed - bad)} pts` }
  if (measured.value === null || objective.thresholdUs === null) return { value: null, text: '–' }
  const ms = objective.thresholdUs / 1000 - measured.value
  return { value: ms, text: formatMs(ms) }
}

const perPhase = (objective: ProportionObjective, record: SliRecord, context: Parameters<typeof judgeProportion>[1]) =>
  phaseNames.map((phase) => {
    const counts = context.phases.in([phase])
    const sum = sumSeconds(record.seconds, counts)
    return { phase, n: sum.due, bad: sum.bad, measured: measure(objective, record, counts) }
  })
