import type { ComparedLatency } from '../../model/verdict.ts'
import { countText } from '../format.ts'
import type { JudgedRecord } from '../record.ts'
import { changeBadges, phaseWords } from '../words.ts'
import type { Markup } from './markup.ts'
import { html, nothing } from './markup.ts'
import type { Column } from './table.ts'
import { table, tag } from './table.ts'

/** This run against the runs that it was told to be compared with. Absent without a baseline. */
export const against = ({ verdict: { baseline } }: JudgedRecord): Markup => {
  if (baseline === undefined) return nothing
  const { rows, runs, notComparable, notes } = baseline
  return html`<section><h2>Against the baseline <small>${
    baseline.gates ? 'a slower run fails' : 'for information'
  }</small></h2><p>${baseline.sentence}</p>${rows.length === 0 ? nothing : table('Against the baseline', columns, rows)}
${list([
  ...(runs.length === 0 ? [] : [`Compared with ${runs.join(', ')}.`]),
  ...notComparable.map(({ run, reason }) => `Not comparable with ${run}: ${reason}.`),
  ...notes,
])}</section>`
}

const columns: Column<ComparedLatency>[] = [
  {
    heading: 'Latency',
    look: 'wide',
    cell: ({ title, percentile, phase }) =>
      html`${title} <small>p${Number((percentile * 100).toFixed(4))}, ${phaseWords[phase]}</small>`,
  },
  { heading: 'Baseline', look: 'n', cell: ({ baseline }) => baseline.text },
  { heading: 'This run', look: 'n', cell: ({ current }) => html`<b>${current.text}</b>` },
  {
    heading: 'Difference',
    look: 'n',
    cell: ({ difference, change }) =>
      change === 'slower' ? html`<b class="minus">${difference.text}</b>` : difference.text,
  },
  { heading: '95 % bounds', look: 'n', cell: ({ interval }) => interval.text },
  { heading: 'Samples', look: 'n', cell: ({ n, baselineN }) => `${countText(n)} / ${countText(baselineN)}` },
  {
    heading: 'Verdict',
    look: 'some',
    cell: ({ change, reason }) => html`<span>${tag(changeBadges[change])}<small>${reason}</small></span>`,
  },
]

const list = (texts: readonly string[]): Markup =>
  texts.length === 0 ? nothing : html`<ul class="card">${texts.map((text) => html`<li>${text}</li>`)}</ul>`
