import { bucketOf } from '../../model/histogram.ts'
import { latencyDifference } from '../../verdict/latency-difference.ts'
import { seededRandom } from '../../verdict/random.ts'
import type { Histogram } from '../../verdict/windows.ts'
import { addToBucket, newHistogram } from '../../verdict/windows.ts'
import { markdownTable, percentText } from './markdown.ts'
import type { Random } from './wander.ts'
import { gaussian, wander } from './wander.ts'

/**
 * How often two runs of the same system are told apart, and how often a slowdown of a quarter is found: the p95 of both
 * sides by `latencyDifference`, with the latencies' level wandering about its mean.
 */

const medianMs = 60
/** Standard deviation of the logarithm of a latency around its level. */
const sigma = 0.3
const perSecond = 50
const percentile = 0.95
/** Floor of a comparison, beside 10 ms: 5 % of the p95, which is some 100 ms here. */
const floorMs = 10
const slowdown = 1.25

/** How the level moves from second to second: the standard deviation of its logarithm, and its correlation time. */
interface Level {
  name: string
  spread: number
  /** Seconds. */
  memory: (seconds: number) => number
}

const levels: readonly Level[] = [
  { name: 'independent requests', spread: 0, memory: () => 0 },
  { name: 'a level that wanders, a hundredth of the run', spread: 0.2, memory: (seconds) => seconds / 100 },
  { name: 'a level that wanders, a twentieth of the run', spread: 0.2, memory: (seconds) => seconds / 20 },
  { name: 'a level that wanders, a fifth of the run', spread: 0.2, memory: (seconds) => seconds / 5 },
]
const lengths = [60, 120, 300] as const
const baselines = [1, 5] as const

export interface DifferenceCounts {
  records: number
  /** Runs of the same system that were called slower, and called faster. */
  slower: number
  faster: number
  /** Runs whose interval does not hold the true difference, 0, below and above. */
  above: number
  below: number
  /** Runs that are slower by a quarter, and were told. */
  found: number
}

/** One run, a histogram a second. */
const drawPieces = (level: Level, seconds: number, factor: number, random: Random): Histogram[] =>
  wander(seconds, level.memory(seconds), random).map((state) => {
    const piece = newHistogram(3)
    for (let i = 0; i < perSecond; i++) {
      const ms = factor * medianMs * Math.exp(level.spread * state + sigma * gaussian(random))
      addToBucket(piece, bucketOf(Math.round(1000 * ms)), 1)
    }
    return piece
  })

export const calibrateDifferences = (
  level: Level,
  seconds: number,
  runs: number,
  records: number,
  seed: number,
): DifferenceCounts => {
  const random = seededRandom(seed)
  const counts: DifferenceCounts = { records, slower: 0, faster: 0, above: 0, below: 0, found: 0 }
  const floorUs = 1000 * floorMs
  for (let record = 0; record < records; record++) {
    const baseline = Array.from({ length: runs }, () => drawPieces(level, seconds, 1, random))
    const { lowUs, highUs, currentUs, baselineUs } = latencyDifference(
      drawPieces(level, seconds, 1, random),
      baseline,
      percentile,
    )
    if (lowUs > 0) counts.above++
    if (highUs < 0) counts.below++
    if (lowUs > 0 && currentUs - baselineUs > floorUs) counts.slower++
    if (highUs < 0 && currentUs - baselineUs < -floorUs) counts.faster++
    const slow = latencyDifference(drawPieces(level, seconds, slowdown, random), baseline, percentile)
    if (slow.lowUs > 0 && slow.currentUs - slow.baselineUs > floorUs) counts.found++
  }
  return counts
}

export const differenceLevels = levels

/** The table of docs/verdict.md. */
export const differencesReport = (records: number, seed: number): string =>
  markdownTable(
    [
      'level of the latencies',
      'run',
      'baseline runs',
      'called slower',
      'called faster',
      'interval misses 0',
      '+25 % found',
    ],
    levels.flatMap((level) =>
      lengths.flatMap((seconds) =>
        baselines.map((runs) => {
          const { slower, faster, above, below, found } = calibrateDifferences(level, seconds, runs, records, seed)
          return [
            ...[level.name, `${seconds} s`, String(runs)],
            ...[slower, faster, above + below, found].map((n) => percentText(n, records)),
          ]
        }),
      ),
    ),
  )
