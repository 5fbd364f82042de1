import { countText, hashText, numberText, percentText } from '../format.ts'
import type { JudgedRecord } from '../record.ts'
import type { Markup } from './markup.ts'
import { html, nothing } from './markup.ts'
import { table, terms } from './table.ts'

/** What this run cannot prove, in the judge's words. */
export const cannotTell = ({ verdict }: JudgedRecord): Markup =>
  verdict.cannotTell.length === 0
    ? nothing
    : html`<section><h2>What this run cannot tell</h2><ul class="card">${verdict.cannotTell.map((text) => html`<li>${text}</li>`)}</ul></section>`

/** Whether the load generator delivered what was asked for. */
export const loadGenerator = ({ verdict: { load }, plan }: JudgedRecord): Markup =>
  html`<section><h2>Load generator</h2>${terms([
    [
      'Asked for',
      plan.load.map(({ scenario, text }, index) => [index > 0 ? html`<br>` : nothing, `${scenario}: ${text}`]),
    ],
    [
      'Offered / achieved',
      `${numberText(load.steadyOfferedPerSecond)} / ${numberText(load.steadyAchievedPerSecond)} per second in steady state`,
    ],
    [
      'Iterations',
      `${countText(load.offered)} due, ${countText(load.completed)} completed, ${countText(load.dropped)} dropped, ${countText(load.interrupted)} interrupted`,
    ],
    [
      'Virtual users',
      load.maxVusInUse === null
        ? 'not measured'
        : `at most ${countText(load.maxVusInUse)} of ${countText(load.vusAvailable)} in use`,
    ],
    ['k6 CPU', load.k6CpuRatio === null ? 'not measured' : `${percentText(load.k6CpuRatio)} of its cores`],
  ])}</section>`

export const topErrors = ({ verdict }: JudgedRecord): Markup =>
  verdict.topErrors.length === 0
    ? nothing
    : html`<section><h2>Most frequent errors</h2>${table(
        'Most frequent errors',
        [
          { heading: 'Request', look: 'wide', cell: ({ name }) => name },
          { heading: 'Error', look: 'wide', cell: ({ error }) => html`<code>${error}</code>` },
          { heading: 'Count', look: 'n', cell: ({ n }) => countText(n) },
        ],
        verdict.topErrors,
      )}</section>`

export const warnings = ({ verdict }: JudgedRecord): Markup =>
  verdict.warnings.length === 0
    ? nothing
    : html`<section><h2>Warnings</h2><ul class="card">${verdict.warnings.map((text) => html`<li>${text}</li>`)}</ul></section>`

/** Enough to run the same again, and to know what ran. */
export const provenance = ({ plan, verdict }: JudgedRecord): Markup => {
  const { provenance: from } = plan
  return html`<section><h2>Provenance</h2>${terms([
    ['Run', html`<code>${verdict.runId}</code>`],
    ['Purpose', plan.purpose],
    ['Command', html`<code>${from.command}</code>`],
    ['System under test', [plan.system.title, plan.system.standsFor.map((text) => html`<br><small>${text}</small>`)]],
    ['SLO document', [plan.slo.file, html` <code>sha256 ${hashText(plan.slo.sha256)}</code>`]],
    ['Scenario bundle', html`<code>sha256 ${hashText(plan.bundle.sha256)}</code>`],
    ['Holdfast', `${from.holdfast}${from.gitCommit === null ? '' : `, commit ${from.gitCommit.slice(0, 12)}`}`],
    [
      'Tools',
      [
        `k6 ${from.k6}`,
        `Node ${from.node}`,
        ...Object.entries(from.tools).map(([tool, version]) => `${tool} ${version}`),
      ].join(', '),
    ],
    ['Machine', from.platform],
    ['Exit code', verdict.exitCode],
  ])}</section>`
}
