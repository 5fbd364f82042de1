import { cut } from './batches.ts'
import { normal95, student95 } from './special.ts'

/** From so many batches a line and its scatter are made; as few as the bounds of a share are made from. */
const batchCounts = [5, 6, 7, 8]
/** Medians of so many pieces of time: 45,000 pairs, and a sawtooth (garbage collection) loses its teeth. */
const mostPoints = 300

export interface Slope {
  /** Units of the value per unit of time. */
  slope: number
  /** One-sided 95 % bounds. */
  low: number
  high: number
  /** Points that the slope was made from. */
  n: number
}

/**
 * The median of the slopes between all pairs of points (Theil 1950, Sen 1968), with the wider of two intervals.
 * Sen's, its variance widened by the first autocorrelation of the residuals (Hamed & Rao 1998, as for an AR(1) series),
 * since neighbouring samples are alike; and Student's, by how the medians of few long batches scatter about a line, which
 * sees what is alike for longer. A fifth of the points may be arbitrary.
 * Null for fewer than 5 points or no time between them.
 */
export const theilSen = (time: readonly number[], value: readonly number[]): Slope | null => {
  const points = medians(time, value)
  const n = points.length
  if (n < 5) return null
  const slopes: number[] = []
  for (const [i, [fromTime, fromValue]] of points.entries()) {
    for (const [toTime, toValue] of points.slice(i + 1)) {
      if (toTime > fromTime) slopes.push((toValue - fromValue) / (toTime - fromTime))
    }
  }
  if (slopes.length === 0) return null
  const sorted = Float64Array.from(slopes).sort()
  const slope = medianOf(sorted)
  const variance = ((n * (n - 1) * (2 * n + 5)) / 18) * inflation(points, slope)
  const rank = normal95 * Math.sqrt(variance)
  const at = (index: number) => sorted[Math.min(sorted.length - 1, Math.max(0, index))] ?? slope
  const reach = Math.max(...batchCounts.map((count) => lineReach(points, Math.min(count, n))))
  return {
    slope,
    low: Math.min(at(Math.floor((sorted.length - rank) / 2)), slope - reach),
    high: Math.max(at(Math.ceil((sorted.length + rank) / 2)), slope + reach),
    n,
  }
}

/** How far the slope of the line through the medians of so many batches may be from the truth, one-sided 95 %. */
const lineReach = (points: readonly Point[], count: number): number => {
  const batches = cut(points, count).map(
    (batch): Point => [
      medianOf(Float64Array.from(batch, ([time]) => time).sort()),
      medianOf(Float64Array.from(batch, ([, value]) => value).sort()),
    ],
  )
  const mean = (of: 0 | 1) => batches.reduce((sum, point) => sum + point[of], 0) / count
  const [time, value] = [mean(0), mean(1)]
  const spread = batches.reduce((sum, [at]) => sum + (at - time) ** 2, 0)
  const slope = batches.reduce((sum, [at, own]) => sum + (at - time) * (own - value), 0) / spread
  const scatter = batches.reduce((sum, [at, own]) => sum + (own - value - slope * (at - time)) ** 2, 0)
  return student95(count - 2) * Math.sqrt(scatter / (count - 2) / spread)
}

type Point = [time: number, value: number]

const medians = (time: readonly number[], value: readonly number[]): Point[] => {
  const size = Math.max(1, Math.ceil(time.length / mostPoints))
  const points: Point[] = []
  for (let from = 0; from < time.length; from += size) {
    const middle = (of: readonly number[]) => medianOf(Float64Array.from(of.slice(from, from + size)).sort())
    points.push([middle(time), middle(value)])
  }
  return points
}

const medianOf = (sorted: Float64Array): number => {
  const half = sorted.length / 2
  return sorted.length % 2 === 1 ? (sorted[Math.floor(half)] ?? 0) : ((sorted[half - 1] ?? 0) + (sorted[half] ?? 0)) / 2
}

/** (1 + r) / (1 - r) of the residuals; never below 1, and at most what r = 0.95 gives. */
const inflation = (points: readonly Point[], slope: number): number => {
  const rest = points.map(([at, value]) => value - slope * at)
  const mean = rest.reduce((sum, one) => sum + one, 0) / rest.length
  let own = 0
  let next = 0
  rest.forEach((one, i) => {
    own += (one - mean) ** 2
    if (i > 0) next += (one - mean) * ((rest[i - 1] ?? 0) - mean)
  })
  const r = own === 0 ? 0 : Math.min(0.95, Math.max(0, next / own))
  return (1 + r) / (1 - r)
}
