import type { Round, RoundRun, Standing } from '../model/round.ts'
import { dateText, durationText } from './format.ts'
import type { Content, Markup } from './html/markup.ts'
import { html, nothing } from './html/markup.ts'
import { style } from './html/style.ts'
import { table, tag, terms } from './html/table.ts'
import type { Badge } from './words.ts'
import { resultBadges } from './words.ts'

const standingBadges: Record<Round['kind'], Record<Standing, Badge>> = {
  gamedays: { good: resultBadges.pass, bad: resultBadges.fail, unclear: resultBadges.inconclusive },
  weaknesses: {
    good: { icon: '✓', word: 'CAUGHT', tone: 'ok' },
    bad: { icon: '✕', word: 'NOT CAUGHT', tone: 'bad' },
    unclear: resultBadges.inconclusive,
  },
}

/** How a run of a round stands, as a pill: its own verdict, or whether its weakness was caught. */
export const runBadge = (kind: Round['kind'], { standing, result }: RoundRun): Badge => {
  if (kind === 'weaknesses') return standingBadges.weaknesses[standing]
  return result === null ? { icon: '–', word: 'NO VERDICT', tone: 'warn' } : resultBadges[result]
}

/** `index.html` of a round: one page over all of its reports, which it links to; no script, no request. */
export const roundHtml = (round: Round): string => {
  const badge = standingBadges[round.kind][round.standing]
  const title = round.kind === 'gamedays' ? 'All game days' : 'All weaknesses of the stand-ins'
  return html`<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="generator" content="Holdfast ${round.provenance.holdfast}"><meta name="robots" content="noindex">
<title>${badge.word} · ${title} · ${round.id}</title>
<style>${style}
a{color:var(--p95)}.links a+a{margin-left:10px}tbody th small{font-weight:400}
@media print,(min-width:761px){.runs table{table-layout:fixed}.runs th:nth-child(1){width:21%}.runs th:nth-child(2){width:14.5%}
.runs th:nth-child(4){width:15%}.runs th:nth-child(5){width:8.5%}.runs th:nth-child(6){width:9.5%}}
</style></head><body><main>
<header><h1>${title}</h1>
<p>${dateText(round.startedAtMs)} · ${durationText(round.durationMs)}</p></header>
<section class="verdict ${badge.tone}" aria-label="Verdict"><strong><span aria-hidden="true">${badge.icon}</span> ${badge.word}</strong>
<div><p class="sentence">${round.sentence}</p><p class="detail">${purposes[round.kind]}</p></div></section>
${systemsOf(round).map((system) => section(round, system))}
${leftOut(round)}
<section><h2>Provenance</h2>${terms([
    ['Command', html`<code>${round.provenance.command}</code>`],
    ['Holdfast', `${round.provenance.holdfast}${commitOf(round)}`],
    ['Tools', `k6 ${round.provenance.k6}, Node ${round.provenance.node}`],
    ['Machine', round.provenance.platform],
    ['Exit code', round.exitCode],
  ])}</section>
</main></body></html>
`.text
}

const purposes: Record<Round['kind'], string> = {
  gamedays: 'Each healthy stand-in has to pass its game days, in the short profile.',
  weaknesses:
    'Each stand-in was given one defect at a time. The judge has to fail the objective that is meant to catch it, in the game day that shows it.',
}

const commitOf = ({ provenance: { gitCommit } }: Round): string =>
  gitCommit === null ? '' : `, commit ${gitCommit.slice(0, 12)}${gitCommit.endsWith('+') ? ', changed' : ''}`

const systemsOf = ({ runs }: Round): string[] => [...new Set(runs.map(({ system }) => system))]

const section = (round: Round, system: string): Markup => {
  const runs = round.runs.filter((run) => run.system === system)
  const good = runs.filter(({ standing }) => standing === 'good').length
  const all = `${good} of ${runs.length} ${round.kind === 'gamedays' ? 'pass' : 'caught'}`
  return html`<section class="runs"><h2>${system} <small>${all}</small></h2>${table(
    system,
    [
      round.kind === 'gamedays'
        ? { heading: 'Game day', look: 'some' as const, cell: ({ gameDay, title }: RoundRun) => named(gameDay, title) }
        : { heading: 'Weakness', look: 'some' as const, cell: ({ weakness }) => named(weakness?.name, weakness?.does) },
      { heading: 'Verdict', cell: (run) => tag(runBadge(round.kind, run)) },
      { heading: 'In one line', look: 'wide', cell: ({ explanation }) => explanation },
      round.kind === 'gamedays'
        ? { heading: 'Required objectives', cell: objectivesText }
        : { heading: 'Game day', cell: ({ gameDay, weakness }) => named(gameDay, weakness?.objective) },
      { heading: 'Took', look: 'n', cell: ({ durationMs }) => durationText(durationMs) },
      { heading: 'See', cell: links },
    ],
    runs,
  )}</section>`
}

const named = (name = '–', words = ''): Markup => html`${name}<small>${words}</small>`

const objectivesText = ({ objectives, faults }: RoundRun): Content => {
  if (objectives === null) return '–'
  const { hold, notProven, of } = objectives
  const confirmed =
    faults === null || faults.of === 0
      ? nothing
      : html`<small>${faults.confirmed} of ${faults.of} faults confirmed</small>`
  return html`${hold - notProven} of ${of} proven${confirmed}`
}

const links = ({ record, log }: RoundRun): Markup =>
  html`<span class="links">${record === null ? nothing : html`<a href="${record}/report.html">report</a>`}<a href="${log}">log</a></span>`

const leftOut = ({ notRun }: Round): Markup =>
  notRun.length === 0
    ? nothing
    : html`<section><h2>Not run</h2>${table(
        'Not run',
        [
          { heading: 'Game day', look: 'keep', cell: ({ gameDay }) => gameDay },
          { heading: 'Why', look: 'wide', cell: ({ reason }) => reason },
        ],
        notRun,
      )}</section>`
