import type { Comparison } from '../../model/verdict.ts'
import { changeBadges, outcomeBadges, phaseWords } from '../words.ts'
import type { TerminalOptions } from './layout.ts'
import { badgeText, columns, painter, wrap } from './layout.ts'

const width = 100

/** What `holdfast compare` says: the sentence, a line per latency, and what to know before believing it. */
export const comparisonText = (comparison: Comparison, options: TerminalOptions): string => {
  const paint = painter(options)
  const { rows, runs, notComparable, notes, outcome, proven } = comparison
  const badge = outcomeBadges[outcome === 'pass' && !proven ? 'not-proven' : outcome]
  const table = columns(
    [
      { heading: '' },
      { heading: 'latency' },
      { heading: 'baseline', right: true },
      { heading: 'this run', right: true },
      { heading: 'difference', right: true },
      { heading: '95 % bounds', right: true },
    ],
    rows.map((row) => [
      badgeText(changeBadges[row.change]),
      `p${Number((row.percentile * 100).toFixed(4))} of ${row.title} (${phaseWords[row.phase]})`,
      row.baseline.text,
      row.current.text,
      row.difference.text,
      row.interval.text,
    ]),
    (text, row, column) => {
      const change = rows[row]?.change
      return column === 0 && change !== undefined ? paint(changeBadges[change].tone, text) : text
    },
  )
  const said = [
    ...(runs.length === 0 ? [] : [`Compared with ${runs.join(', ')}.`]),
    ...notComparable.map(({ run, reason }) => `Not comparable with ${run}: ${reason}.`),
    ...notes,
  ]
  return [
    paint(badge.tone, badgeText(badge)),
    ...wrap(comparison.sentence, width).map((line) => paint('bold', line)),
    ...(table.length > 1 ? ['', ...table] : []),
    ...(said.length > 0 ? ['', ...said.flatMap((text) => wrap(text, width))] : []),
  ].join('\n')
}
