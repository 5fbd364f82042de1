import { alpha } from './binomial.ts'
import { seededRandom } from './random.ts'

export const blockSeconds = 10
export const fewestBlocks = 10
const resamples = 2000
const seed = 20_260_101

/** Events of one block of consecutive seconds. */
export interface Block {
  n: number
  bad: number
}

/**
 * One-sided 95 % bounds of the share of bad events by resampling whole blocks (Künsch 1989), so
 * that the correlation of neighbouring requests widens them. Null below 10 blocks with events:
 * then it would be narrower than the truth. The seed is fixed: the same record gives the same bounds.
 */
export const blockBounds = (blocks: readonly Block[]): { low: number; high: number } | null => {
  const used = blocks.filter((block) => block.n > 0)
  if (used.length < fewestBlocks) return null
  if (used.every((block) => block.bad === 0)) return { low: 0, high: 0 }
  const n = Float64Array.from(used, (block) => block.n)
  const bad = Float64Array.from(used, (block) => block.bad)
  const random = seededRandom(seed)
  const ratios = new Float64Array(resamples)
  for (let r = 0; r < resamples; r++) {
    let sumN = 0
    let sumBad = 0
    for (let b = 0; b < n.length; b++) {
      const pick = Math.floor(random() * n.length)
      sumN += n[pick] ?? 0
      sumBad += bad[pick] ?? 0
    }
    ratios[r] = sumBad / sumN
  }
  ratios.sort()
  return {
    low: ratios[Math.floor(alpha * resamples)] ?? 0,
    high: ratios[Math.ceil((1 - alpha) * resamples) - 1] ?? 1,
  }
}
