import type { Content, Markup } from './markup.ts'
import { html, nothing } from './markup.ts'

/** A column: its heading and how a row's cell looks. The first column names its row. */
export interface Column<Row> {
  heading: string
  cell: (row: Row) => Content
  /** `n`: a number, at the right; `keep`: text on one line; `wide`, `some`: text that gets much room, or a little. */
  look?: 'n' | 'keep' | 'wide' | 'some'
}

const classOf = (look: Column<never>['look']): Markup => (look ? html` class="${look}"` : nothing)

/** A table that becomes a list of cards on a narrow screen. */
export const table = <Row>(label: string, columns: readonly Column<Row>[], rows: readonly Row[]): Markup => html`
<div class="scroll cards"><table aria-label="${label}"><thead><tr>${columns.map(
  ({ heading, look }) => html`<th scope="col"${classOf(look)}>${heading}</th>`,
)}</tr></thead><tbody>
${rows.map(
  (row) => html`<tr>${columns.map(({ heading, look, cell }, index) =>
    index === 0
      ? html`<th scope="row"${classOf(look)}>${cell(row)}</th>`
      : html`<td${classOf(look)} data-label="${heading}">${cell(row)}</td>`,
  )}</tr>
`,
)}</tbody></table></div>`

/** The numbers behind a chart, folded away: headings, then rows of texts. */
export const dataTable = (headings: readonly string[], rows: readonly (readonly string[])[]): Markup =>
  rows.length === 0
    ? nothing
    : html`<details><summary>The same as a table (${rows.length} rows)</summary>
<div class="data" tabindex="0" role="region" aria-label="Data table"><table><thead><tr>${headings.map((heading) => html`<th scope="col">${heading}`)}</tr></thead><tbody>
${rows.map(
  (row) => html`<tr>${row.map((cell) => html`<td>${cell}`)}
`,
)}</tbody></table></div></details>`

/** A judgement as a pill: icon and word. */
export const tag = ({ icon, word, tone }: { icon: string; word: string; tone: string }): Markup =>
  html`<span class="tag ${tone}"><span aria-hidden="true">${icon}</span>${word}</span>`

/** Terms and what they are. */
export const terms = (entries: readonly (readonly [string, Content])[]): Markup =>
  html`<dl>${entries.map(
    ([term, value]) => html`<dt>${term}</dt><dd>${value}</dd>
`,
  )}</dl>`
