import { alpha } from './binomial.ts'
import { seededRandom } from './random.ts'
import type { Histogram } from './windows.ts'
import { indexRange } from './windows.ts'

/** Baseline runs from which on the variation between runs is known well enough. */
export const fewestRuns = 5
const resamples = 2000
const seed = 20_260_102

export interface LatencyDifference {
  /** Microseconds; the percentile of all samples of each side. */
  baselineUs: number
  currentUs: number
  /** One-sided 95 % bounds of current less baseline. */
  lowUs: number
  highUs: number
}

/**
 * The difference of a percentile between one run and others, by resampling: the blocks of the run,
 * and of the baseline the runs and then their blocks (Davison & Hinkley 1997, nested). From 5
 * baseline runs on the variation from run to run is added, as a t-distributed error of one new run;
 * with fewer it is not known and not in the interval. The seed is fixed: the same records give the
 * same bounds.
 * @param q The percentile, as a share.
 */
export const latencyDifference = (
  current: readonly Histogram[],
  baseline: readonly (readonly Histogram[])[],
  q: number,
): LatencyDifference => {
  const table = new BucketTable([...current, ...baseline.flat()])
  const run = current.map((block) => table.row(block))
  const runs = baseline.map((blocks) => blocks.map((block) => table.row(block)))
  const random = seededRandom(seed)
  const pick = <T>(from: readonly T[]): T => from[Math.floor(random() * from.length)] as T

  const spread = runs.length < fewestRuns ? 0 : deviation(runs.map((blocks) => table.quantile(blocks, q)))
  const differences = new Float64Array(resamples)
  for (let r = 0; r < resamples; r++) {
    const now = table.quantile(
      run.map(() => pick(run)),
      q,
    )
    const then = table.quantile(
      runs.flatMap(() => {
        const blocks = pick(runs)
        return blocks.map(() => pick(blocks))
      }),
      q,
    )
    differences[r] = now - then + (spread === 0 ? 0 : spread * student(runs.length - 1, random))
  }
  differences.sort()
  return {
    baselineUs: table.quantile(runs.flat(), q),
    currentUs: table.quantile(run, q),
    lowUs: differences[Math.floor(alpha * resamples)] ?? 0,
    highUs: differences[Math.ceil((1 - alpha) * resamples) - 1] ?? 0,
  }
}

/** Histograms as rows over the buckets that any of them uses: summing thousands of them stays cheap. */
class BucketTable {
  readonly #buckets: number[]
  readonly #ranges: [number, number][]
  readonly #sum: Float64Array

  constructor(histograms: readonly Histogram[]) {
    const used = new Set<number>()
    for (const { counts } of histograms) {
      for (let i = 0; i < counts.length; i++) if (counts[i] !== 0) used.add(i)
    }
    this.#buckets = [...used].sort((a, b) => a - b)
    const [first] = histograms
    this.#ranges = first ? this.#buckets.map((bucket) => indexRange(first, bucket)) : []
    this.#sum = new Float64Array(this.#buckets.length)
  }

  row({ counts }: Histogram): Float64Array {
    return Float64Array.from(this.#buckets, (bucket) => counts[bucket] ?? 0)
  }

  /** By nearest rank, placed evenly inside its bucket; 0 without samples. */
  quantile(rows: readonly Float64Array[], q: number): number {
    const sum = this.#sum.fill(0)
    for (const row of rows) for (let i = 0; i < sum.length; i++) sum[i] = (sum[i] ?? 0) + (row[i] ?? 0)
    const n = sum.reduce((all, count) => all + count, 0)
    const rank = Math.max(1, Math.ceil(q * n - 1e-9))
    let before = 0
    for (let i = 0; i < sum.length; i++) {
      const count = sum[i] ?? 0
      const [low, high] = this.#ranges[i] ?? [0, 0]
      if (count > 0 && before + count >= rank) return low + ((rank - before - 0.5) / count) * (high - low)
      before += count
    }
    return 0
  }
}

const deviation = (values: readonly number[]): number => {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1))
}

/** One draw of Student's t: a normal over the root of a mean of squared normals. */
const student = (freedom: number, random: () => number): number => {
  let squares = 0
  for (let i = 0; i < freedom; i++) squares += normal(random) ** 2
  return normal(random) / Math.sqrt(squares / freedom)
}

/** Box and Muller 1958. */
const normal = (random: () => number): number =>
  Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
