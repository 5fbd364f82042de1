import { cleanLine } from '../../model/clean.ts'
import type { Badge } from '../words.ts'

/** How a terminal text is made; colour only where the caller knows that somebody sees it. */
export interface TerminalOptions {
  color: boolean
}

const codes = { ok: 32, bad: 31, warn: 33, dim: 2, bold: 1 } as const

/** Paints text, or leaves it as it is. */
export const painter =
  ({ color }: TerminalOptions) =>
  (style: keyof typeof codes, text: string): string =>
    color && text !== '' ? `\u001b[${codes[style]}m${text}\u001b[0m` : text

/** A column: its heading, and whether its numbers stand at the right. */
export interface TextColumn {
  heading: string
  right?: boolean
}

/** Rows of cells as aligned columns, two spaces apart; the last column is not padded. Cells come unpainted. */
export const columns = (
  shape: readonly TextColumn[],
  rows: readonly (readonly string[])[],
  paintCell = (text: string, _row: number, _column: number) => text,
): string[] => {
  const cells = rows.map((row) => row.map(cleanLine))
  const widths = shape.map(({ heading }, column) =>
    Math.max(length(heading), ...cells.map((row) => length(row[column] ?? ''))),
  )
  const line = (row: readonly string[], index: number) =>
    row
      .map((cell, column) => {
        const gap = ' '.repeat((widths[column] ?? 0) - length(cell))
        const painted = paintCell(cell, index, column)
        return shape[column]?.right ? gap + painted : column === shape.length - 1 ? painted : painted + gap
      })
      .join('  ')
      .trimEnd()
  const headings = shape.some(({ heading }) => heading !== '')
    ? [
        line(
          shape.map(({ heading }) => heading),
          -1,
        ),
      ]
    : []
  return [...headings, ...cells.map(line)]
}

const length = (text: string): number => [...text].length

/** Words on lines of at most `width` characters. */
export const wrap = (text: string, width: number): string[] => {
  const lines: string[] = []
  let current = ''
  for (const word of cleanLine(text).split(' ')) {
    if (current !== '' && length(current) + 1 + length(word) > width) {
      lines.push(current)
      current = word
    } else current = current === '' ? word : `${current} ${word}`
  }
  return [...lines, current]
}

export const badgeText = ({ icon, word }: Badge): string => `${icon} ${word}`
