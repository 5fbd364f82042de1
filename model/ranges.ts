/** Inclusive ranges of whole numbers: `[[0, 4], [7, 7]]`. */
export type Ranges = [from: number, to: number][]

/** The same numbers in order of size, each once, in as few ranges as hold them. */
export const mergeRanges = (ranges: Ranges): Ranges => {
  const merged: Ranges = []
  for (const [from, to] of ranges.toSorted((a, b) => a[0] - b[0])) {
    const last = merged.at(-1)
    if (last && from <= last[1] + 1) last[1] = Math.max(last[1], to)
    else merged.push([from, to])
  }
  return merged
}

/** How many numbers are in merged ranges. */
export const countRanges = (ranges: Ranges): number => ranges.reduce((sum, [from, to]) => sum + to - from + 1, 0)

/** How many numbers two lists of merged ranges have in common. */
export const countCommon = (a: Ranges, b: Ranges): number => {
  let count = 0
  for (let i = 0, j = 0; i < a.length && j < b.length; ) {
    const [aFrom, aTo] = a[i] as [number, number]
    const [bFrom, bTo] = b[j] as [number, number]
    count += Math.max(0, Math.min(aTo, bTo) - Math.max(aFrom, bFrom) + 1)
    if (aTo < bTo) i++
    else j++
  }
  return count
}

/** Whether merged ranges hold a number; by halves. */
export const inRanges = (ranges: Ranges, n: number): boolean => {
  let low = 0
  for (let high = ranges.length - 1; low <= high; ) {
    const middle = (low + high) >> 1
    const [from, to] = ranges[middle] as [number, number]
    if (n < from) high = middle - 1
    else if (n > to) low = middle + 1
    else return true
  }
  return false
}
