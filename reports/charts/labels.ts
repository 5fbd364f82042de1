/** Where a label goes: its row from the top, and whether it ends or starts at its place. */
export interface PlacedLabel {
  text: string
  x: number
  row: number
  anchor: 'start' | 'end'
}

interface Wanted {
  x: number
  text: string
  short: string
}

/** Average width of a character at the labels' size; a little generous, so that labels never touch. */
const characterWidth = 6.8
const gap = 8

/**
 * Puts labels, given from left to right, at their places in at most `maxRows` rows. A line leads down
 * from each, so a label that overlaps an earlier one goes below it: then no line crosses a text. Where
 * the names do not fit so, all show their short form, in as many rows as that takes.
 */
export const placeLabels = (labels: readonly Wanted[], right: number, maxRows: number): PlacedLabel[] => {
  const sorted = labels.toSorted((one, other) => one.x - other.x)
  return place(sorted, 'text', right, maxRows) ?? place(sorted, 'short', Number.POSITIVE_INFINITY, labels.length) ?? []
}

const place = (
  labels: readonly Wanted[],
  form: 'text' | 'short',
  right: number,
  maxRows: number,
): PlacedLabel[] | null => {
  const placed: (PlacedLabel & { from: number; to: number })[] = []
  for (const label of labels) {
    const text = label[form]
    const width = [...text].length * characterWidth + gap
    const anchor = label.x + width > right ? 'end' : 'start'
    const [from, to] = anchor === 'start' ? [label.x, label.x + width] : [label.x - width, label.x]
    const under = placed.filter((other) => from < other.to && to > other.from)
    const row = Math.max(-1, ...under.map((other) => other.row)) + 1
    // A text that runs to the left would be crossed by the lines of the labels it passes.
    if (row >= maxRows || from < 0 || (anchor === 'end' && placed.some(({ x }) => x > from - gap))) return null
    placed.push({ text, x: label.x, row, anchor, from, to })
  }
  return placed
}
