import type { Verdict } from '../../model/verdict.ts'
import { dateText, durationText } from '../format.ts'
import type { JudgedRecord } from '../record.ts'
import { changeTexts, leftText, notRemoved, requiredCounts, resultBadges } from '../words.ts'
import type { Content, Markup } from './markup.ts'
import { html, nothing } from './markup.ts'
import { tag } from './table.ts'

/** Who, what, when: one line. */
export const heading = ({ plan, verdict }: JudgedRecord): Markup => html`
<header><h1>${plan.system.title} · ${plan.title}</h1>
<p>game day ${plan.gameDay} · profile ${plan.profile} · ${plan.environment} · ${dateText(verdict.startedAtMs)} · ${durationText(verdict.durationMs)}</p></header>`

/** The verdict for someone who has ten seconds, and how the required objectives stand. */
export const banner = ({ verdict }: JudgedRecord): Markup => {
  const { icon, word, tone } = resultBadges[verdict.result]
  const counts = requiredCounts(verdict.objectives)
  return html`
<section class="verdict ${tone}" aria-label="Verdict"><strong><span aria-hidden="true">${icon}</span> ${word}</strong>
<div><p class="sentence">${verdict.sentence}</p><p class="detail">${verdict.detail}</p>
${
  counts.length === 0
    ? nothing
    : html`<ul class="counts" aria-label="Required objectives">${counts.map(
        ({ badge, n }) => html`<li>${tag({ ...badge, word: `${n} ${badge.word}` })}</li>`,
      )}<li>of ${counts.reduce((sum, { n }) => sum + n, 0)} required objectives</li></ul>`
}
</div></section>`
}

const notice = (tone: 'bad' | 'warn', words: string, texts: readonly Content[] = []): Markup => html`
<div class="notice ${tone}" role="note"><p><b>${words}</b></p>${texts.length === 0 ? nothing : html`<ul>${texts.map((text) => html`<li>${text}</li>`)}</ul>`}</div>`

const endings: Record<Verdict['ended'], string | null> = {
  completed: null,
  decided: 'The run ended when its verdict was certain. What follows covers only what was measured until then.',
  interrupted: 'The run was interrupted. What follows covers only what was measured until then.',
  guard: 'A guard stopped the run and removed every fault. What follows covers only what was measured until then.',
  crashed: 'The run ended by a crash. What follows covers only what was recorded until then.',
}

/** What a reader has to know before believing the tables, most serious first. */
export const notices = ({ plan, verdict }: JudgedRecord): Markup => {
  const left = notRemoved(verdict.faults)
  const ending = endings[verdict.ended]
  const changed = changeTexts(verdict)
  return html`${[
    left.length > 0
      ? notice(
          'bad',
          'Not proven removed. Run holdfast cleanup, then check:',
          left.map((fault) => leftText(verdict.faults, fault)),
        )
      : nothing,
    ending ? notice('warn', ending) : nothing,
    verdict.invalidReasons.length > 0 ? notice('warn', 'Why the run is not valid:', verdict.invalidReasons) : nothing,
    verdict.notJudged ? notice('warn', 'Required objectives that this run cannot judge:', verdict.notJudged) : nothing,
    changed.length > 0 ? notice('warn', 'Changes that last:', changed) : nothing,
    plan.weaknesses.length > 0
      ? notice(
          'warn',
          'Weaknesses of the stand-in were switched on. This run tests the judge, not the system:',
          plan.weaknesses,
        )
      : nothing,
    plan.profile !== 'full'
      ? html`<p class="key">Profile ${plan.profile}: a shortened load, not the documented numbers (profile full). ${
          plan.requireProof
            ? 'Objectives must be proven to pass.'
            : 'An objective without a breach passes even where this run cannot prove it; it is marked “not proven”.'
        }</p>`
      : nothing,
  ]}`
}
