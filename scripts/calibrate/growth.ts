import { seededRandom } from '../../verdict/random.ts'
import { theilSen } from '../../verdict/theil-sen.ts'
import { markdownTable, percentText } from './markdown.ts'
import type { Random } from './wander.ts'
import { gaussian, wander } from './wander.ts'

/**
 * How often memory that does not grow is proven to grow, and memory that does is. The noise has a standard deviation of 1;
 * where it grows, it gains so many of these over the whole run.
 */

const gains = [2, 5] as const

/** One sample a second, without any slope. */
type Noise = (seconds: number, random: Random) => number[]

const sawtooth =
  (periodS: number): Noise =>
  (seconds, random) => {
    const phase = random() * periodS
    return Array.from(
      { length: seconds },
      (_, at) => 3.5 * (((at + phase) % periodS) / periodS) + 0.1 * gaussian(random),
    )
  }

/** Its standard deviation after the whole run is 1. */
const randomWalk: Noise = (seconds, random) => {
  let state = 0
  return Array.from({ length: seconds }, () => {
    state += gaussian(random) / Math.sqrt(seconds)
    return state
  })
}

export const noises: Record<string, Noise> = {
  'independent samples': (seconds, random) => wander(seconds, 0, random),
  'wanders, a hundredth of the run': (seconds, random) => wander(seconds, seconds / 100, random),
  'wanders, a twentieth of the run': (seconds, random) => wander(seconds, seconds / 20, random),
  'wanders, a fifth of the run': (seconds, random) => wander(seconds, seconds / 5, random),
  'garbage collection each 15 s': sawtooth(15),
  'a random walk': randomWalk,
}
const lengths = [120, 300, 900] as const

export interface GrowthCounts {
  records: number
  /** No slope, proven above 0, and proven below it. */
  grows: number
  shrinks: number
  /** Proven to grow where it does, for each of the gains. */
  found: number[]
}

export const calibrateGrowth = (noise: Noise, seconds: number, records: number, seed: number): GrowthCounts => {
  const random = seededRandom(seed)
  const counts: GrowthCounts = { records, grows: 0, shrinks: 0, found: gains.map(() => 0) }
  const time = Array.from({ length: seconds }, (_, at) => at)
  for (let record = 0; record < records; record++) {
    const values = noise(seconds, random)
    const slope = theilSen(time, values)
    if ((slope?.low ?? 1) > 0) counts.grows++
    if ((slope?.high ?? -1) < 0) counts.shrinks++
    for (const [i, gain] of gains.entries()) {
      // The estimate and its bounds move with a slope that is added.
      if ((slope?.low ?? Number.NEGATIVE_INFINITY) + gain / seconds > 0) counts.found[i] = (counts.found[i] ?? 0) + 1
    }
  }
  return counts
}

/** The table of docs/verdict.md. */
export const growthReport = (records: number, seed: number): string =>
  markdownTable(
    ['memory', 'run', 'growth proven', 'shrinking proven', ...gains.map((gain) => `found: +${gain} sd over the run`)],
    Object.entries(noises).flatMap(([name, noise]) =>
      lengths.map((seconds) => {
        const { grows, shrinks, found } = calibrateGrowth(noise, seconds, records, seed)
        return [name, `${seconds} s`, ...[grows, shrinks, ...found].map((n) => percentText(n, records))]
      }),
    ),
  )
