import { dateText } from '../format.ts'
import type { JudgedRecord } from '../record.ts'
import { resultBadges } from '../words.ts'
import type { Markup } from './markup.ts'
import { html, nothing } from './markup.ts'
import { table, tag } from './table.ts'

/** Service levels that have room for a column each. */
const mostColumns = 3

/** Earlier runs of the same game day, newest first: is this run like the ones before? */
export const history = ({ verdict }: JudgedRecord): Markup => {
  const [newest] = verdict.history
  if (newest === undefined) return nothing
  const levels = newest.measured.slice(0, mostColumns)
  return html`<section><h2>Earlier runs <small>same game day, profile, environment and place</small></h2>${table(
    'Earlier runs',
    [
      { heading: 'When', look: 'keep', cell: ({ startedAtMs }) => dateText(startedAtMs) },
      { heading: 'Verdict', cell: ({ result }) => tag(resultBadges[result]) },
      ...levels.map(({ objective, title }) => ({
        heading: title,
        look: 'n' as const,
        cell: ({ measured }: typeof newest) => measured.find((one) => one.objective === objective)?.figure?.text ?? '–',
      })),
      { heading: 'In one sentence', look: 'wide', cell: ({ sentence }) => sentence },
    ],
    verdict.history,
  )}</section>`
}
