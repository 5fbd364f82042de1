/** Where a label goes: its row from the top, and whether it ends or starts at its place. */
export interface PlacedLabel {
  text: string
  x: number
  row: number
  anchor: 'start' | 'end'
}

/** Average width of a character at the labels' size; a little generous, so that labels never touch. */
const characterWidth = 6.6

/**
 * Puts labels at their places in as few rows as possible without overlap. One that would leave the
 * chart on the right is anchored at its end. What does not fit in `maxRows` rows shows only its
 * `short` form, and where even that has no room, that form in the last row.
 */
export const placeLabels = (
  labels: readonly { x: number; text: string; short: string }[], right: number, maxRows: number,
): PlacedLabel[] => {
  const rows: [from: number, to: number][][] = Array.from({ length: maxRows }, () => [])
  return labels.map(({ x, text, short }) => {
    for (const candidate of [text, short]) {
      const width = candidate.length * characterWidth
      const anchor = x + width > right ? 'end' : 'start'
      const span: [number, number] = anchor === 'start' ? [x, x + width + 8] : [x - width - 8, x]
      const row = rows.findIndex((taken) => taken.every(([from, to]) => span[1] <= from || span[0] >= to))
      if (row < 0 || span[0] < 0) continue
      rows[row]?.push(span)
      return { text: candidate, x, row, anchor }
    }
    return { text: short, x, row: maxRows - 1, anchor: 'start' as const }
  })
}
