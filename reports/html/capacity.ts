import type { CapacityStep } from '../../model/capacity.ts'
import { capacityCurve } from '../charts/capacity.ts'
import { numberText, percentText } from '../format.ts'
import type { JudgedRecord } from '../record.ts'
import { stepBadges } from '../words.ts'
import type { Markup } from './markup.ts'
import { html, nothing } from './markup.ts'
import { table, tag } from './table.ts'

/** How much the system takes, how latency grows on the way there, and what gives way first. Absent elsewhere. */
export const capacitySection = ({ verdict: { capacity } }: JudgedRecord): Markup => {
  if (capacity === undefined) return nothing
  return html`<section><h2>Capacity <small>each rate is a run of its own, by the same objectives</small></h2>
<p><b>${capacity.sentence}</b> ${capacity.knee?.text ?? ''} ${capacity.bottleneck}</p>
<figure><div class="scroll">${capacityCurve(capacity)}</div><figcaption><span class="swatch shaded"></span> where the capacity lies. Points: green held, red broke, yellow undecided, grey not offered by the load generator.</figcaption></figure>
${table(
  'Capacity steps',
  [
    {
      heading: 'Offered',
      look: 'keep',
      cell: ({ offeredPerSecond }: CapacityStep) => `${numberText(offeredPerSecond)}/s`,
    },
    { heading: 'Achieved', look: 'n', cell: ({ achievedPerSecond }) => `${numberText(achievedPerSecond)}/s` },
    { heading: 'p50', look: 'n', cell: ({ p50Ms }) => `${numberText(p50Ms)} ms` },
    { heading: 'p95', look: 'n', cell: ({ p95Ms }) => html`<b>${numberText(p95Ms)} ms</b>` },
    { heading: 'Errors', look: 'n', cell: ({ errorRatio }) => percentText(errorRatio) },
    {
      heading: 'Most used',
      look: 'wide',
      cell: ({ saturation: [first] }) => (first ? `${percentText(first.ratio)}: ${first.resource}` : '–'),
    },
    {
      heading: 'Verdict',
      look: 'some',
      cell: ({ state, reason }) =>
        html`<span>${tag(stepBadges[state])}${reason === '' ? nothing : html`<small>${reason}</small>`}</span>`,
    },
  ],
  capacity.steps,
)}</section>`
}
