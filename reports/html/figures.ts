import { heatmap } from '../charts/heatmap.ts'
import { percentileCurve } from '../charts/percentiles.ts'
import { resources } from '../charts/resources.ts'
import { hatchDefinition } from '../charts/svg.ts'
import { timeline } from '../charts/timeline.ts'
import { usageChart } from '../charts/usage.ts'
import { clockText, countText, numberText, percentText } from '../format.ts'
import type { JudgedRecord } from '../record.ts'
import type { Content, Markup } from './markup.ts'
import { html, nothing } from './markup.ts'
import { dataTable } from './table.ts'

const figure = (chart: Markup, caption: Content, data: Markup): Markup => html`
<figure><div class="scroll">${chart}</div><figcaption>${caption}</figcaption></figure>${data}`

/** The timeline of rate, latency and errors with the faults on it. */
export const felt = ({ charts, verdict }: JudgedRecord): Markup => {
  const { rate, latency, errors } = charts
  if (rate.t.length === 0 && latency.t.length === 0) {
    return html`${hatchDefinition}<section><h2>What users felt</h2><p class="card">Nothing was measured.</p></section>`
  }
  const faulty = charts.faultBands.length > 0
  const rows = rate.t.map((second, index) => {
    const [inLatency, inErrors] = [
      latency.t.indexOf(second, Math.max(0, index - 1)),
      errors.t.indexOf(second, Math.max(0, index - 1)),
    ]
    return [
      clockText(second),
      numberText(rate.offered[index] ?? null),
      numberText(rate.achieved[index] ?? null),
      ...(['p50', 'p95', 'p99'] as const).map((key) => numberText(latency[key][inLatency] ?? null)),
      percentText(errors.ratio[inErrors] ?? null),
    ]
  })
  return html`${hatchDefinition}<section><h2>What users felt</h2>${figure(
    timeline(charts, verdict.faults),
    faulty
      ? html`<span class="swatch hatched"></span> fault active <span class="swatch shaded"></span> recovering, until every window holds the objective again <span class="swatch undone"></span> asked for and not done`
      : html`<span class="swatch undone"></span> asked for and not done`,
    dataTable(['Time', 'Offered/s', 'Achieved/s', 'p50 ms', 'p95 ms', 'p99 ms', 'Errors'], rows),
  )}${used(charts, verdict.faults)}</section>`
}

/** What the components used meanwhile, on the same axis. */
const used = (charts: JudgedRecord['charts'], faults: JudgedRecord['verdict']['faults']): Markup => {
  const usage = charts.usage ?? []
  const [first] = usage
  if (!first) return nothing
  const columns = usage.flatMap(({ title, unit, lines }) =>
    lines.map(({ component, value }) => ({ heading: `${title} of ${component}, ${unit}`, value })),
  )
  const left = usage.some(({ more }) => more > 0)
  return figure(
    usageChart(usage, charts, faults),
    `Sampled from the components, instances of one together${left ? '; the three that use most' : ''}.`,
    dataTable(
      ['Time', ...columns.map(({ heading }) => heading)],
      first.t.map((second, at) => [clockText(second), ...columns.map(({ value }) => numberText(value[at] ?? null))]),
    ),
  )
}

/** Where the requests lay over time. */
export const distribution = ({ charts, verdict }: JudgedRecord): Markup => {
  const chart = heatmap(charts, verdict.faults)
  if (chart === nothing) return nothing
  return html`<section><h2>Latency distribution over time <small>ms, log scale; darker is more requests</small></h2>${figure(chart, nothing, distributionTable(charts.heatmap))}</section>`
}

const distributionTable = (cells: JudgedRecord['charts']['heatmap']): Markup => {
  const times = Map.groupBy(cells, ({ t }) => t)
  const buckets = [...new Set(cells.map(({ lowMs }) => lowMs))].sort((one, other) => one - other)
  const rows = [...times].map(([second, column]) => {
    const counts = new Map(column.map(({ lowMs, n }) => [lowMs, n]))
    return [
      clockText(second),
      ...buckets.map((lowMs) => (counts.has(lowMs) ? countText(counts.get(lowMs) ?? null) : '')),
    ]
  })
  return dataTable(['Time', ...buckets.map((lowMs) => `from ${numberText(lowMs)} ms`)], rows)
}

/** Latency by percentile; stands beside another section, so it is half as wide. */
export const tail = ({ charts }: JudgedRecord): Markup => {
  const chart = percentileCurve(charts)
  if (chart === nothing) return nothing
  return html`<section class="half"><h2>Latency by percentile <small>ms, steady phase${charts.baselinePercentiles ? '; dashed: the baseline' : ''}</small></h2><figure>${chart}</figure>${percentileTable(charts)}</section>`
}

const percentileTable = ({ percentiles, baselinePercentiles }: JudgedRecord['charts']): Markup => {
  const before = baselinePercentiles && new Map(baselinePercentiles.map(({ p, ms }) => [p, ms]))
  return dataTable(
    ['Percentile', 'ms', ...(before ? ['baseline, ms'] : [])],
    percentiles.map(({ p, ms }) => [
      `p${Number((p * 100).toFixed(4))}`,
      numberText(ms),
      ...(before ? [numberText(before.get(p) ?? null)] : []),
    ]),
  )
}

/** Queues, memory and whatever else has an objective. */
export const sampled = ({ charts, verdict }: JudgedRecord): Markup => {
  const [first] = charts.resources
  if (!first) return nothing
  const times = [...new Set(charts.resources.flatMap(({ t }) => t))].sort((one, other) => one - other)
  const byTime = charts.resources.map(
    ({ t, value }) => new Map(t.map((second, index) => [second, value[index] ?? null])),
  )
  return html`<section><h2>Resources</h2>${figure(
    resources(charts, verdict.faults),
    nothing,
    dataTable(
      ['Time', ...charts.resources.map(({ title, unit }) => `${title}, ${unit}`)],
      times.map((second) => [clockText(second), ...byTime.map((values) => numberText(values.get(second) ?? null))]),
    ),
  )}</section>`
}
