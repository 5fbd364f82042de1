import type { Span, Sums } from './counts.ts'

/** So many requests must be missing: the probability that none of them was due by chance is e^-12, or 6 in a million. */
const fewestMissing = 12
/** Pauses that the steady state has as well are usual, up to so many times their length. */
const usualPauses = 3

/**
 * First column from which on a request was not sent any more although it was due, or null.
 * @param offered iterations that should have sent it, in the `due` of each column
 */
export const silentFrom = (sums: Sums, offered: Sums, reference: Span, view: Span): number | null => {
  const sent = sums.of(reference.from, reference.to).due
  const planned = offered.of(reference.from, reference.to).due
  if (sent === 0 || planned === 0) return null
  let from = view.to
  while (from > view.from && sums.of(from - 1, from).due === 0) from--
  const missing = (sent / planned) * offered.of(from, view.to).due
  if (missing < fewestMissing) return null
  return view.to - from > usualPauses * longestPause(sums, reference) ? from : null
}

const longestPause = (sums: Sums, { from, to }: Span): number => {
  let longest = 0
  let pause = 0
  for (let at = from; at < to; at++) {
    pause = sums.of(at, at + 1).due === 0 ? pause + 1 : 0
    longest = Math.max(longest, pause)
  }
  return longest
}
