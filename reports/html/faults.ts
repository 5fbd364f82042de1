import type { FaultResult, SliRecovery } from '../../model/verdict.ts'
import { countText, durationText, numberText, percentText } from '../format.ts'
import type { JudgedRecord } from '../record.ts'
import { faultName, outcomeBadges } from '../words.ts'
import type { Markup } from './markup.ts'
import { html, nothing } from './markup.ts'
import { resilienceObjectives } from './objectives.ts'
import type { Column } from './table.ts'
import { table, tag } from './table.ts'

/** What each fault did and how fast users were served again. Absent in a load-only run. */
export const resilience = (record: JudgedRecord): Markup => {
  const { faults } = record.verdict
  if (faults.length === 0) return nothing
  const columns: Column<FaultResult>[] = [
    { heading: 'Fault', look: 'wide', cell: ({ id }) => faultName(faults, id) },
    { heading: 'Active', look: 'keep', cell: ({ text }) => text.active },
    { heading: 'Impact after', look: 'n', cell: ({ text }) => text.impact },
    { heading: 'Mitigated', look: 'some', cell: ({ text }) => text.mitigated },
    { heading: 'Recovery time', look: 'n', cell: ({ text }) => html`<b>${text.recovery}</b>` },
    { heading: 'RTO', look: 'n', cell: ({ text }) => text.rto },
    {
      heading: 'Lost writes',
      look: 'n',
      cell: ({ text, lostWrites }) =>
        (lostWrites ?? 0) > 0 ? html`<b class="minus">${text.lostWrites}</b>` : text.lostWrites,
    },
    { heading: 'Budget used', look: 'n', cell: ({ text }) => text.budget },
    { heading: 'Verdict', look: 'some', cell: (fault) => judgement(fault) },
  ]
  return html`<section><h2>Resilience <small>per objective, at the fault that did worst</small></h2>${resilienceObjectives(record)}
<h3>Faults <small>what each did to the service level that it hit worst</small></h3>${table('Faults', columns, faults)}${everySli(record)}</section>`
}

const judgement = (fault: FaultResult): Markup => {
  const reason =
    fault.skippedReason === null
      ? fault.outcome === 'pass'
        ? ''
        : fault.reason
      : `not injected: ${fault.skippedReason}`
  const overlap = fault.group.length > 1 ? 'overlaps other faults: judged with them' : ''
  return html`<span>${tag(outcomeBadges[fault.outcome])}${[reason, overlap].filter((text) => text !== '').map((text) => html`<small>${text}</small>`)}</span>`
}

const states: Record<SliRecovery['state'], string> = {
  absorbed: 'absorbed: no impact seen',
  'cannot-tell': 'cannot tell',
  recovered: 'recovered',
  'not-recovered': 'not recovered',
  'not-seen': 'the run ended first',
  'no-data': 'no data',
}

/** Times that are only lower bounds say so. */
const recoveryWords = ({ state, recoveryMs }: SliRecovery): string =>
  `${state === 'not-recovered' || state === 'not-seen' ? '≥ ' : ''}${durationText(recoveryMs)}`

const latencyWords = (us: number | null): string => durationText(us === null ? null : us / 1000)

const everySli = ({ verdict: { faults, objectives } }: JudgedRecord): Markup => {
  const rows = faults.flatMap((fault) => fault.perSli.map((sli) => ({ fault, sli })))
  if (rows.length === 0) return nothing
  const columns: Column<(typeof rows)[number]>[] = [
    { heading: 'Fault', cell: ({ fault }) => faultName(faults, fault.id) },
    {
      heading: 'Service level',
      cell: ({ sli }) => objectives.find(({ id }) => id === sli.objective)?.title ?? sli.objective,
    },
    { heading: 'State', cell: ({ sli }) => states[sli.state] },
    { heading: 'Impact', look: 'n', cell: ({ sli }) => durationText(sli.timeToImpactMs) },
    {
      heading: 'Detected',
      look: 'n',
      cell: ({ sli }) => (sli.timeToDetectMs === null ? 'not detected' : durationText(sli.timeToDetectMs)),
    },
    { heading: 'Recovery', look: 'n', cell: ({ sli }) => recoveryWords(sli) },
    { heading: 'Degraded', look: 'n', cell: ({ sli }) => `${numberText(sli.degradedSeconds)} s in ${sli.episodes}` },
    { heading: 'Lost good seconds', look: 'n', cell: ({ sli }) => numberText(sli.resilienceLossSeconds) },
    { heading: 'Bad requests', look: 'n', cell: ({ sli }) => countText(sli.badEvents) },
    { heading: 'Worst error ratio', look: 'n', cell: ({ sli }) => percentText(sli.maxErrorRatio) },
    {
      heading: 'p95 / p99',
      look: 'n',
      cell: ({ sli }) => `${latencyWords(sli.latencyP95Us)} / ${latencyWords(sli.latencyP99Us)}`,
    },
  ]
  return html`<details><summary>Every service level under every fault</summary>${table('Service levels under faults', columns, rows)}</details>`
}
