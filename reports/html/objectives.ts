import type { ObjectiveResult } from '../../model/verdict.ts'
import { countText } from '../format.ts'
import type { JudgedRecord } from '../record.ts'
import { faultName, outcomeBadges, phaseWords, remarks, standingOf, worstFirst } from '../words.ts'
import type { Content, Markup } from './markup.ts'
import { html, nothing } from './markup.ts'
import type { Column } from './table.ts'
import { table, tag } from './table.ts'

type Objectives = Column<ObjectiveResult>[]

const name: Column<ObjectiveResult> = {
  heading: 'Objective',
  look: 'wide',
  cell: ({ title, gate }) => [
    title,
    gate === 'required'
      ? nothing
      : html` <small>${gate === 'info' ? 'for information' : 'advisory: does not decide the verdict'}</small>`,
  ],
}
const target: Column<ObjectiveResult> = { heading: 'Target', look: 'keep', cell: ({ targetText }) => targetText }
const measured: Column<ObjectiveResult> = {
  heading: 'Measured',
  look: 'n',
  cell: (objective) => html`<b>${objective.measured.text}</b>`,
}
const margin: Column<ObjectiveResult> = {
  heading: 'Margin',
  look: 'n',
  cell: (objective) =>
    (objective.margin.value ?? 0) < 0
      ? html`<span class="minus">${objective.margin.text}</span>`
      : objective.margin.text,
}
const samples: Column<ObjectiveResult> = { heading: 'Samples', look: 'n', cell: ({ n }) => countText(n) }
const interval: Column<ObjectiveResult> = {
  heading: '95 % bounds',
  look: 'n',
  cell: (objective) => objective.interval.text,
}
const previous: Column<ObjectiveResult> = {
  heading: 'Previous',
  look: 'n',
  cell: (objective) => objective.previous?.text ?? '–',
}
const verdict: Column<ObjectiveResult> = { heading: 'Verdict', look: 'some', cell: (objective) => judgement(objective) }

/** The tag, and what says more than the tag does. */
const judgement = (objective: ObjectiveResult): Content =>
  html`<span>${tag(outcomeBadges[standingOf(objective)])}${remarks(objective).map((text) => html`<small>${text}</small>`)}</span>`

/** The objectives on what users felt outside the faults, worst first. */
export const serviceLevels = ({ verdict: { objectives, faults } }: JudgedRecord): Markup => {
  const rows = worstFirst(objectives.filter(({ kind }) => kind !== 'resilience'))
  if (rows.length === 0) return nothing
  const columns: Objectives = [
    name,
    target,
    measured,
    interval,
    samples,
    margin,
    ...(rows.some((row) => row.previous) ? [previous] : []),
    verdict,
  ]
  return html`<section><h2>Service levels <small>${faults.length > 0 ? 'steady and recovered phases' : 'after the warm-up'}</small></h2>
${table('Service levels', columns, rows)}${everyPhase(rows)}</section>`
}

/** The numbers of the phases that gate and of those that do not. */
const everyPhase = (rows: readonly ObjectiveResult[]): Markup => {
  const phases = (Object.keys(phaseWords) as (keyof typeof phaseWords)[]).filter((phase) =>
    rows.some((row) => row.phases.some((entry) => entry.phase === phase)),
  )
  if (phases.length === 0) return nothing
  const columns: Objectives = [
    { heading: 'Objective', cell: ({ title }) => title },
    ...phases.map(
      (phase): Column<ObjectiveResult> => ({
        heading: phaseWords[phase],
        look: 'n',
        cell: (row) => {
          const entry = row.phases.find((candidate) => candidate.phase === phase)
          return entry
            ? html`<span>${entry.measured.text}<small>${countText(entry.bad)} bad of ${countText(entry.n)}</small>${entry.seconds && entry.bad > 0 ? html`<small>${entry.seconds.text}</small>` : nothing}</span>`
            : '–'
        },
      }),
    ),
    { heading: 'Source of the number', cell: ({ source }) => source },
  ]
  return html`<details><summary>Numbers of every phase</summary>${table('Numbers of every phase', columns, rows)}</details>`
}

/** What faults may do at most, each judged at the fault that did worst. */
export const resilienceObjectives = ({ verdict: { objectives, faults } }: JudgedRecord): Markup => {
  const rows = worstFirst(objectives.filter(({ kind }) => kind === 'resilience'))
  if (rows.length === 0) return nothing
  const columns: Objectives = [
    name,
    target,
    measured,
    margin,
    ...(rows.some((row) => row.previous) ? [previous] : []),
    { heading: 'Worst fault', look: 'wide', cell: ({ fault }) => (fault === null ? '–' : faultName(faults, fault)) },
    verdict,
  ]
  return table('Resilience objectives', columns, rows)
}
