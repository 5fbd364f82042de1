import { cleanLine, clip } from '../../model/clean.ts'

/**
 * Foreign text as it is meant to be read: no markup, no HTML, no table break, no mention of a person
 * (an empty comment parts the sign from the name). Clipped, so that one long text can't take a comment's room.
 */
export const plain = (text: string, longest = 400): string =>
  clip(cleanLine(text), longest)
    .replaceAll(/[\\`*_|~]|(?<=\])[([]/g, '\\$&')
    .replaceAll(/&(?=[#\w])/g, '&amp;')
    .replaceAll(/<(?=[\w/!?])/g, '&lt;')
    .replaceAll(/@(?=\w)/g, '@<!-- -->')
    .replaceAll(/#(?=\d)/g, '#<!-- -->')
    .replaceAll(/\b(https?):\/\//gi, '$1:<!-- -->//')

/** The same where it begins a line: there a few more characters mean something. */
export const plainLine = (text: string, longest?: number): string =>
  plain(text, longest)
    .replace(/^(?=[#>+[-])/, '\\')
    .replace(/^(\d+)(?=[.)](\s|$))/, '$1\\')

/** A column of a Markdown table; numbers stand at the right. */
export interface MarkdownColumn {
  heading: string
  right?: boolean
}

/** A table; the cells are Markdown already. */
export const markdownTable = (shape: readonly MarkdownColumn[], rows: readonly (readonly string[])[]): string[] => [
  `| ${shape.map(({ heading }) => heading).join(' | ')} |`,
  `|${shape.map(({ right }) => (right ? '---:' : '---')).join('|')}|`,
  ...rows.map((row) => `| ${row.join(' | ')} |`),
]

/** A part of the document: lines that belong together. */
export type Section = readonly string[]

/**
 * The sections that fit, in their order, within a budget as `sizeOf` counts it. Where one does not
 * fit, as many of its lines as do, and a last line says that something is missing: too long a text
 * would be refused whole.
 */
export const within = (sections: readonly Section[], budget: number, sizeOf: (text: string) => number): string => {
  const rest = '\n… the rest did not fit here; report.html has it all.\n'
  const lines = sections.filter((section) => section.length > 0).flatMap((section) => [...section, ''])
  const whole = lines.join('\n')
  if (sizeOf(whole) <= budget) return whole
  const kept: string[] = []
  let left = budget - sizeOf(rest)
  for (const line of lines) {
    left -= sizeOf(`${line}\n`)
    if (left < 0) break
    kept.push(line)
  }
  return kept.join('\n') + rest
}
