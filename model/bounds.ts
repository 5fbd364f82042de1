/** Folders of folders, as it were: no file of a record nests as deep. */
const deepest = 40
/** Entries of one list or object: the heatmap of the charts is the largest, with some ten thousand cells. */
const longestList = 200_000
/** UTF-16 units of one text. */
const longestText = 1 << 16
/** Unix microseconds and every count that Holdfast writes stay below: whole numbers are exact up to it. */
const largestNumber = Number.MAX_SAFE_INTEGER

/**
 * What in a value that was read as JSON is larger than anything Holdfast writes, or null. Keeps the work that such a
 * value can cause in proportion to the size of its file.
 */
export const tooLarge = (value: unknown, depth = 0): string | null => {
  if (typeof value === 'string') return value.length > longestText ? `a text of ${value.length} characters` : null
  if (typeof value === 'number') return Math.abs(value) > largestNumber ? `a number beyond ${largestNumber}` : null
  if (typeof value !== 'object' || value === null) return null
  if (depth === deepest) return `more than ${deepest} levels`
  const parts = Array.isArray(value) ? value : Object.values(value)
  if (parts.length > longestList) return `${parts.length} entries in one place`
  for (const part of parts) {
    const found = tooLarge(part, depth + 1)
    if (found !== null) return found
  }
  return null
}
