/** Smallest and largest finite, positive number; null when there is none. */
export const positiveRange = (values: Iterable<number | null>): [low: number, high: number] | null => {
  let low = Number.POSITIVE_INFINITY
  let high = 0
  for (const value of values) {
    if (value === null || !(value > 0) || !Number.isFinite(value)) continue
    low = Math.min(low, value)
    high = Math.max(high, value)
  }
  return high === 0 ? null : [low, high]
}

/** Domain and ticks of a logarithmic axis around a range: whole decades, or 1-2-5 steps where it spans few. */
export const logAxis = ([low, high]: [number, number]): { domain: [number, number]; ticks: number[] } => {
  const steps = logSteps(low / 10, high * 10)
  const from = steps.findLast((step) => step <= low) ?? low
  const to = steps.find((step) => step >= high && step > from) ?? high
  const inside = steps.filter((step) => step >= from && step <= to)
  const decades = inside.filter((step) => Number.isInteger(Math.log10(step)))
  return { domain: [from, to], ticks: decades.length >= 3 ? decades : inside }
}

const logSteps = (from: number, to: number): number[] => {
  const steps: number[] = []
  for (let power = Math.floor(Math.log10(from)); power <= Math.ceil(Math.log10(to)); power++) {
    // Number('1e-3') is exact where 10 ** -3 times 2 is not.
    for (const digit of [1, 2, 5]) steps.push(Number(`${digit}e${power}`))
  }
  return steps
}

/** Domain and ticks of an axis from 0 to a little above the highest value: 1-2-5 steps, at most four of them. */
export const linearAxis = (highest: number): { domain: [number, number]; ticks: number[] } => {
  const top = highest > 0 ? highest : 1
  const step = logSteps(top / 10, top).find((candidate) => top / candidate < 4.2) ?? top
  const count = Math.floor((top * 1.04) / step)
  return {
    domain: [0, Math.max(top * 1.04, step * count)],
    // Divided rather than multiplied by a fraction, so that 3 x 0.2 does not print as 0.6000000000000001.
    ticks: Array.from({ length: count + 1 }, (_, index) => (step < 1 ? index / Math.round(1 / step) : index * step)),
  }
}

const timeSteps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400]

/** Moments to label on a time axis of so many seconds: whole steps, at most about ten of them. */
export const timeTicks = (endS: number): number[] => {
  const step = timeSteps.find((candidate) => endS / candidate <= 10) ?? 86_400 * Math.ceil(endS / 864_000)
  return Array.from({ length: Math.floor(endS / step) + 1 }, (_, index) => index * step)
}

/**
 * Moves positions apart so that neighbours are at least `gap` from each other, keeping their order:
 * labels of lines that end close together.
 */
export const spread = (positions: readonly number[], gap: number, lowest: number, highest: number): number[] => {
  const order = positions.map((_, index) => index).sort((one, other) => (positions[one] ?? 0) - (positions[other] ?? 0))
  const placed = [...positions]
  let floor = lowest
  for (const index of order) {
    placed[index] = Math.max(placed[index] ?? 0, floor)
    floor = (placed[index] ?? 0) + gap
  }
  let ceiling = highest
  for (const index of order.toReversed()) {
    placed[index] = Math.min(placed[index] ?? 0, ceiling)
    ceiling = (placed[index] ?? 0) - gap
  }
  return placed
}
