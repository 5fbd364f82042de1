import type { Span, Sums } from './counts.ts'
import { shareOf } from './counts.ts'

const fewestBatches = 6
/** Batches of a long span are wider, so that its cost does not grow with it. */
const mostBatches = 300

/**
 * How much more the bad requests of batches vary inside the spans than independent ones would (Pearson's chi-square
 * over its degrees of freedom, McCullagh and Nelder 1989, 4.5); at least 1. The largest over batches of 1, 2, 4 ...
 * columns, as long as there are six of them: spells of slow requests show in batches about as long as they are.
 */
export const dispersion = (sums: Sums, spans: readonly Span[]): number => {
  let largest = 1
  const total = spans.reduce((sum, { from, to }) => sum + to - from, 0)
  for (let width = Math.max(1, Math.ceil(total / mostBatches)); total / width >= fewestBatches; width *= 2) {
    largest = Math.max(largest, ofWidth(sums, spans, width))
  }
  return largest
}

const ofWidth = (sums: Sums, spans: readonly Span[], width: number): number => {
  let chiSquare = 0
  let freedom = 0
  for (const { from, to } of spans) {
    const share = shareOf(sums.of(from, to))
    if (share <= 0 || share >= 1) {
      freedom += Math.max(0, Math.floor((to - from) / width) - 1)
      continue
    }
    let batches = 0
    for (let at = from; at + width <= to; at += width) {
      const batch = sums.of(at, at + width)
      if (batch.due === 0) continue
      chiSquare += (batch.bad - batch.due * share) ** 2 / (batch.due * share * (1 - share))
      batches++
    }
    freedom += Math.max(0, batches - 1)
  }
  return freedom < fewestBatches - 1 ? 1 : chiSquare / freedom
}
