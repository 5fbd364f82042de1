import type { ObjectiveResult } from '../model/verdict.ts'
import { countText, dateText, durationText, hashText, numberText, percentText } from './format.ts'
import type { Section } from './markdown/text.ts'
import { markdownTable, plain, plainLine, within } from './markdown/text.ts'
import type { JudgedRecord, Reporter } from './record.ts'
import {
  changeBadges,
  changeTexts,
  faultName,
  leftText,
  notRemoved,
  outcomeBadges,
  phaseWords,
  remarks,
  requiredCounts,
  resultBadges,
  standingOf,
  stepBadges,
  worstFirst,
} from './words.ts'

/** GitHub refuses a comment of 65,536 characters, and drops a step summary over 1,024 KiB whole. */
const commentCharacters = 65_000
const summaryBytes = 1_000 * 1024

/** `report.md`: the verdict first, then the tables; short enough for a pull request's comment. */
export const markdown: Reporter = (record) => within(essentials(record), commentCharacters, (text) => text.length)

/** The same with its details, for GitHub's step summary (`GITHUB_STEP_SUMMARY`). */
export const stepSummary: Reporter = (record) =>
  within([...essentials(record), ...details(record)], summaryBytes, (text) => new TextEncoder().encode(text).length)

const essentials = (record: JudgedRecord): Section[] => [
  top(record),
  serviceLevels(record),
  resilience(record),
  faults(record),
  capacity(record),
  against(record),
  list('What this run cannot tell', record.verdict.cannotTell),
  load(record),
  errors(record),
  list('Warnings', record.verdict.warnings),
  origin(record),
]

const details = (record: JudgedRecord): Section[] => [everyPhase(record)]

const top = ({ verdict, plan }: JudgedRecord): Section => {
  const { icon, word } = resultBadges[verdict.result]
  const counts = requiredCounts(verdict.objectives).map(({ badge, n }) => `${n} ${badge.word}`)
  return [
    `## ${icon} ${word} · ${plain(plan.system.title)} · ${plain(plan.gameDay)}`,
    '',
    `**${plain(verdict.sentence, 2000)}**`,
    '',
    plainLine(verdict.detail, 2000),
    '',
    `Required objectives: ${counts.join(', ') || 'none'}. Profile ${plan.profile}, ${plan.environment}, ${dateText(verdict.startedAtMs)}, ${durationText(verdict.durationMs)}.`,
    ...notes(
      'Not proven removed, run holdfast cleanup',
      notRemoved(verdict.faults).map((fault) => leftText(verdict.faults, fault)),
    ),
    ...notes(
      `The run ended early (${verdict.ended})`,
      verdict.ended === 'completed' ? [] : ['only what was measured until then is below'],
    ),
    ...notes('Not valid', verdict.invalidReasons),
    ...notes('Not judged in this run', verdict.notJudged ?? []),
    ...notes('Change that lasts', changeTexts(verdict)),
    ...notes('Weakness of the stand-in switched on', plan.weaknesses),
  ]
}

const notes = (words: string, texts: readonly string[]): string[] =>
  texts.flatMap((text) => ['', `> **${words}:** ${plain(text)}`])

const standing = (objective: ObjectiveResult): string => {
  const { icon, word } = outcomeBadges[standingOf(objective)]
  const gate = objective.gate === 'required' ? '' : ` (${objective.gate})`
  return [`${icon} ${word}${gate}`, ...remarks(objective).map((text) => plain(text))].join(': ')
}

const serviceLevels = ({ verdict }: JudgedRecord): Section => {
  const rows = worstFirst(verdict.objectives.filter(({ kind }) => kind !== 'resilience'))
  if (rows.length === 0) return []
  const compared = rows.some(({ previous }) => previous)
  return [
    '### Service levels',
    '',
    ...markdownTable(
      [
        { heading: 'Objective' },
        { heading: 'Target' },
        { heading: 'Measured', right: true },
        { heading: '95 % bounds', right: true },
        { heading: 'Samples', right: true },
        { heading: 'Margin', right: true },
        ...(compared ? [{ heading: 'Previous', right: true }] : []),
        { heading: 'Verdict' },
      ],
      rows.map((objective) => [
        plain(objective.title),
        plain(objective.targetText),
        `**${plain(objective.measured.text)}**`,
        plain(objective.interval.text),
        countText(objective.n),
        plain(objective.margin.text),
        ...(compared ? [plain(objective.previous?.text ?? '–')] : []),
        standing(objective),
      ]),
    ),
  ]
}

const resilience = ({ verdict }: JudgedRecord): Section => {
  const rows = worstFirst(verdict.objectives.filter(({ kind }) => kind === 'resilience'))
  if (rows.length === 0) return []
  return [
    '### Resilience',
    '',
    ...markdownTable(
      [
        { heading: 'Objective' },
        { heading: 'Target' },
        { heading: 'Measured', right: true },
        { heading: 'Worst fault' },
        { heading: 'Verdict' },
      ],
      rows.map((objective) => [
        plain(objective.title),
        plain(objective.targetText),
        `**${plain(objective.measured.text)}**`,
        objective.fault === null ? '–' : plain(faultName(verdict.faults, objective.fault)),
        standing(objective),
      ]),
    ),
  ]
}

const faults = ({ verdict }: JudgedRecord): Section => {
  if (verdict.faults.length === 0) return []
  return [
    '### Faults',
    '',
    ...markdownTable(
      [
        { heading: 'Fault' },
        { heading: 'Active' },
        { heading: 'Impact after', right: true },
        { heading: 'Mitigated' },
        { heading: 'Recovery time', right: true },
        { heading: 'RTO', right: true },
        { heading: 'Lost writes', right: true },
        { heading: 'Budget used', right: true },
        { heading: 'Verdict' },
      ],
      verdict.faults.map(({ id, text, outcome, reason, skippedReason }) => {
        const { icon, word } = outcomeBadges[outcome]
        const why =
          skippedReason === null
            ? outcome === 'pass' || reason === ''
              ? ''
              : `: ${plain(reason)}`
            : `: not injected, ${plain(skippedReason)}`
        return [
          plain(faultName(verdict.faults, id)),
          plain(text.active),
          plain(text.impact),
          plain(text.mitigated),
          `**${plain(text.recovery)}**`,
          plain(text.rto),
          plain(text.lostWrites),
          plain(text.budget),
          `${icon} ${word}${why}`,
        ]
      }),
    ),
  ]
}

const capacity = ({ verdict: { capacity: found } }: JudgedRecord): Section =>
  found === undefined
    ? []
    : [
        '### Capacity',
        '',
        [`**${plain(found.sentence, 1000)}**`, found.knee?.text, plainLine(found.bottleneck, 1000)]
          .filter((text) => text !== undefined)
          .join(' '),
        '',
        ...markdownTable(
          [
            { heading: 'Offered', right: true },
            { heading: 'Achieved', right: true },
            { heading: 'p95', right: true },
            { heading: 'Errors', right: true },
            { heading: 'Most used' },
            { heading: 'Verdict' },
          ],
          found.steps.map((step) => [
            `${numberText(step.offeredPerSecond)}/s`,
            `${numberText(step.achievedPerSecond)}/s`,
            `${numberText(step.p95Ms)} ms`,
            percentText(step.errorRatio),
            step.saturation[0]
              ? `${percentText(step.saturation[0].ratio)}: ${plain(step.saturation[0].resource)}`
              : '–',
            `${stepBadges[step.state].icon} ${stepBadges[step.state].word}${step.reason === '' ? '' : `: ${plain(step.reason)}`}`,
          ]),
        ),
      ]

const against = ({ verdict: { baseline } }: JudgedRecord): Section => {
  if (baseline === undefined) return []
  return [
    '### Against the baseline',
    '',
    `**${plain(baseline.sentence, 1000)}**${baseline.gates ? '' : ' (for information)'}`,
    ...(baseline.rows.length === 0
      ? []
      : [
          '',
          ...markdownTable(
            [
              { heading: 'Latency' },
              { heading: 'Baseline', right: true },
              { heading: 'This run', right: true },
              { heading: 'Difference', right: true },
              { heading: '95 % bounds', right: true },
              { heading: 'Verdict' },
            ],
            baseline.rows.map((row) => [
              `${plain(row.title)} (p${Number((row.percentile * 100).toFixed(4))}, ${phaseWords[row.phase]})`,
              plain(row.baseline.text),
              `**${plain(row.current.text)}**`,
              plain(row.difference.text),
              plain(row.interval.text),
              `${changeBadges[row.change].icon} ${changeBadges[row.change].word}: ${plain(row.reason)}`,
            ]),
          ),
        ]),
    '',
    ...[
      ...(baseline.runs.length === 0 ? [] : [`Compared with ${baseline.runs.join(', ')}.`]),
      ...baseline.notComparable.map(({ run, reason }) => `Not comparable with ${run}: ${reason}.`),
      ...baseline.notes,
    ].map((text) => `- ${plainLine(text, 1000)}`),
  ]
}

const list = (title: string, texts: readonly string[]): Section =>
  texts.length === 0 ? [] : [`### ${title}`, '', ...texts.map((text) => `- ${plainLine(text, 1000)}`)]

const load = ({ verdict: { load } }: JudgedRecord): Section => [
  '### Load generator',
  '',
  `${numberText(load.steadyOfferedPerSecond)}/s offered and ${numberText(load.steadyAchievedPerSecond)}/s achieved in steady state; ` +
    `${countText(load.offered)} iterations due, ${countText(load.completed)} completed, ${countText(load.dropped)} dropped, ` +
    `${countText(load.interrupted)} interrupted; k6 used ${load.k6CpuRatio === null ? 'an unknown share' : percentText(load.k6CpuRatio)} of its cores.`,
]

const errors = ({ verdict }: JudgedRecord): Section =>
  verdict.topErrors.length === 0
    ? []
    : [
        '### Most frequent errors',
        '',
        ...markdownTable(
          [{ heading: 'Request' }, { heading: 'Error' }, { heading: 'Count', right: true }],
          verdict.topErrors.map(({ name, error, n }) => [plain(name), plain(error), countText(n)]),
        ),
      ]

const origin = ({ plan, verdict }: JudgedRecord): Section => [
  `Run ${plain(verdict.runId)} · Holdfast ${plain(plan.provenance.holdfast)}${plan.provenance.gitCommit === null ? '' : ` (${plan.provenance.gitCommit.slice(0, 12)})`} · ` +
    `k6 ${plain(plan.provenance.k6)} · SLO document ${plain(plan.slo.file)} ${hashText(plan.slo.sha256)} · bundle ${hashText(plan.bundle.sha256)}`,
]

const everyPhase = ({ verdict }: JudgedRecord): Section => {
  const rows = verdict.objectives.flatMap((objective) => objective.phases.map((entry) => ({ objective, entry })))
  return rows.length === 0
    ? []
    : [
        '### Numbers of every phase',
        '',
        ...markdownTable(
          [
            { heading: 'Objective' },
            { heading: 'Phase' },
            { heading: 'Measured', right: true },
            { heading: 'Bad', right: true },
            { heading: 'Samples', right: true },
            { heading: 'Single seconds' },
          ],
          rows.map(({ objective, entry }) => [
            plain(objective.title),
            phaseWords[entry.phase],
            plain(entry.measured.text),
            countText(entry.bad),
            countText(entry.n),
            entry.seconds && entry.bad > 0 ? plain(entry.seconds.text) : '–',
          ]),
        ),
      ]
}
