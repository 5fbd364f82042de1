/** No file of a record nests as deep. */
const deepest = 40
/** UTF-16 units of one text. */
const longestText = 1 << 18
/** Unix microseconds and every count that Holdfast writes stay below: whole numbers are exact up to it. */
const largestNumber = Number.MAX_SAFE_INTEGER

/** Values in a file that is read whole: charts are the largest, with some ten thousand cells of a heatmap. */
export const mostInFile = 250_000
/** Values in one event: the one of the audit names every lost write. */
export const mostInEvent = 2_000_000

/**
 * What in a value that was read as JSON is larger than anything Holdfast writes, or null. Keeps the work that such a
 * value can cause in proportion to the size of its file.
 * @param most values in it, lists and objects counted, too
 */
export const tooLarge = (value: unknown, most: number): string | null => {
  let count = 0
  const look = (part: unknown, depth: number): string | null => {
    if (++count > most) return `more than ${most} values`
    if (typeof part === 'string') return part.length > longestText ? `a text of ${part.length} characters` : null
    if (typeof part === 'number') return Math.abs(part) > largestNumber ? `the number ${part}` : null
    if (typeof part !== 'object' || part === null) return null
    if (depth === deepest) return `more than ${deepest} levels`
    for (const each of Array.isArray(part) ? part : Object.values(part)) {
      const found = look(each, depth + 1)
      if (found !== null) return found
    }
    return null
  }
  return look(value, 0)
}

/** The same of JSON that is not parsed yet, by its brackets and commas: parsing takes memory for each value. */
export const tooLargeText = (json: string, most: number): string | null => {
  let count = 1
  let depth = 0
  let isText = false
  for (let at = 0; at < json.length; at++) {
    const code = json.charCodeAt(at)
    if (isText) {
      if (code === backslash) at++
      else if (code === quote) isText = false
    } else if (code === quote) isText = true
    else if (code === comma) count++
    else if (code === bracket || code === brace) {
      count++
      if (++depth > deepest) return `more than ${deepest} levels`
    } else if (code === endBracket || code === endBrace) depth--
    if (count > most) return `more than ${most} values`
  }
  return null
}
const [quote, backslash, comma, bracket, endBracket, brace, endBrace] = [...'"\\,[]{}'].map((each) =>
  each.charCodeAt(0),
)
