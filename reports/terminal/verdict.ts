import { cleanLine } from '../../model/clean.ts'
import type { FaultResult, ObjectiveResult } from '../../model/verdict.ts'
import type { JudgedRecord } from '../record.ts'
import {
  changeTexts,
  circled,
  faultName,
  leftText,
  notRemoved,
  outcomeBadges,
  remarks,
  resultBadges,
  standingOf,
  worstFirst,
} from '../words.ts'
import type { TerminalOptions } from './layout.ts'
import { columns, painter, wrap } from './layout.ts'

const width = 100
const mostObjectives = 12
const mostChanges = 5

/** The end of a run: the verdict, what does not hold or is not proven, and how long each recovery took. */
export const verdictText = ({ verdict, plan }: Omit<JudgedRecord, 'charts'>, options: TerminalOptions): string => {
  const paint = painter(options)
  const { icon, word, tone } = resultBadges[verdict.result]
  const badge = `${icon} ${word}`
  const indent = ' '.repeat(badge.length + 2)
  const indented = (lines: readonly string[]): string[] => lines.map((line) => (line === '' ? '' : indent + line))
  const left = notRemoved(verdict.faults)
  const [first = '', ...rest] = wrap(verdict.sentence, width - indent.length)
  return [
    `${paint(tone, paint('bold', badge))}  ${paint('bold', first)}`,
    ...indented(rest.map((line) => paint('bold', line))),
    ...indented(wrap(verdict.detail, width - indent.length)),
    ...indented(
      left.map((fault) =>
        paint('bad', `Not proven removed: ${cleanLine(leftText(verdict.faults, fault))}. Run: holdfast cleanup`),
      ),
    ),
    ...indented(
      (verdict.notJudged ?? [])
        .flatMap((text) => wrap(`Not judged: ${text}`, width - indent.length))
        .map((line) => paint('warn', line)),
    ),
    ...indented(
      changeTexts(verdict)
        .slice(0, mostChanges)
        .flatMap((text) => wrap(text, width - indent.length))
        .map((line) => paint('warn', line)),
    ),
    ...indented(plan.weaknesses.map((weakness) => paint('warn', `Weakness switched on: ${cleanLine(weakness)}`))),
    ...section(indented(unsettled(verdict.objectives, verdict.faults, options))),
    ...section(indented(recoveries(verdict.faults, options))),
  ].join('\n')
}

const section = (lines: string[]): string[] => (lines.length === 0 ? [] : ['', ...lines])

const unsettled = (
  all: readonly ObjectiveResult[],
  faults: JudgedRecord['verdict']['faults'],
  options: TerminalOptions,
): string[] => {
  const paint = painter(options)
  const rows = worstFirst(all).filter((objective) => objective.gate !== 'info' && remarks(objective).length > 0)
  const shown = rows.slice(0, mostObjectives)
  const lines = columns(
    [{ heading: '' }, { heading: '' }, { heading: '', right: true }, { heading: '' }],
    shown.map((objective) => {
      const { icon, word } = outcomeBadges[standingOf(objective)]
      const name = objective.fault === null ? '' : faultName(faults, objective.fault)
      // The judge's own words often name the fault already.
      const where = name === '' || objective.reason.includes(name) ? '' : ` (${name})`
      return [
        `${icon} ${word}${objective.gate === 'advisory' ? ', advisory' : ''}`,
        `${objective.title}: ${objective.targetText}`,
        objective.measured.text,
        `${remarks(objective).join('; ')}${where}`,
      ]
    }),
    (text, row, column) => {
      const objective = shown[row]
      return column === 0 && objective ? paint(outcomeBadges[standingOf(objective)].tone, text) : text
    },
  )
  return rows.length > shown.length ? [...lines, `… and ${rows.length - shown.length} more in the report`] : lines
}

const recoveries = (faults: JudgedRecord['verdict']['faults'], options: TerminalOptions): string[] => {
  const paint = painter(options)
  return columns(
    [{ heading: '' }, { heading: '' }, { heading: '' }, { heading: '' }],
    faults.map((fault, index) => [
      outcomeBadges[fault.outcome].icon,
      `${circled(index)} ${fault.label}`,
      fault.skippedReason === null ? recoveryWords(fault) : 'not injected',
      fault.skippedReason ?? (fault.outcome === 'pass' ? '' : fault.reason),
    ]),
    (text, row, column) => (column === 0 ? paint(outcomeBadges[faults[row]?.outcome ?? 'error'].tone, text) : text),
  )
}

/** `recovery 2.1 s`, and `not recovered, ...` as it is; how long it was there, of a fault that was not active as planned. */
const recoveryWords = ({ text, activeUntilMs }: FaultResult): string => {
  if (activeUntilMs !== undefined) return text.active
  return /^(not|absorbed)/.test(text.recovery) ? text.recovery : `recovery ${text.recovery}`
}
