import { prove } from '../../../verdict/binomial.ts'
import { plural } from '../../../verdict/format.ts'
import type { Finding } from './assess.ts'

/** What became of the plants of one kind. */
export interface Tally {
  kind: string
  /** With trouble and without it, each counted. */
  plants: number
  falsePasses: number
  falseFails: number
  wrongFigures: number
  /** Inconclusive or invalid: of those with trouble, and of those without it. */
  undecided: { trouble: number; healthy: number }
  intervals: number
  misses: number
  missesAllowed: number
}

/** One row for each kind, in the order in which they came. */
export const tallies = (findings: readonly Finding[]): Tally[] =>
  [...Map.groupBy(findings, ({ kind }) => kind)].map(([kind, all]) => ({
    kind,
    plants: all.length,
    falsePasses: all.filter(({ falsePass }) => falsePass).length,
    falseFails: all.filter(({ falseFail }) => falseFail).length,
    wrongFigures: all.filter(({ wrongFigures }) => wrongFigures.length > 0).length,
    undecided: {
      trouble: all.filter(({ side, undecided }) => side === 'trouble' && undecided).length,
      healthy: all.filter(({ side, undecided }) => side === 'healthy' && undecided).length,
    },
    intervals: all.flatMap(({ intervals }) => intervals).length,
    misses: all.flatMap(({ intervals }) => intervals).filter((holds) => !holds).length,
    missesAllowed: Math.max(...all.map(({ missesAllowed }) => missesAllowed)),
  }))

/** More of the intervals of a kind miss than may, proven. */
export const missesTooOften = ({ misses, intervals, missesAllowed }: Tally): boolean =>
  prove(misses, intervals, missesAllowed) === 'proven-fail'

/** Contradicts what was planted, by itself. */
export const isWrong = ({ falsePass, falseFail, wrongFigures }: Finding): boolean =>
  falsePass || falseFail || wrongFigures.length > 0

/** Whether a kind did as it should. */
export const isSound = (tally: Tally): boolean =>
  tally.falsePasses + tally.falseFails + tally.wrongFigures === 0 && !missesTooOften(tally)

/** Markdown, so that it can go into docs/reliability.md as it is. */
export const table = (rows: readonly Tally[]): string => {
  const cells = rows.map((row) => [
    row.kind,
    row.plants,
    row.falsePasses,
    row.falseFails,
    row.wrongFigures,
    `${row.undecided.trouble} + ${row.undecided.healthy}`,
    row.intervals === 0 ? '–' : `${row.misses} of ${row.intervals}${missesTooOften(row) ? ' (too many)' : ''}`,
  ])
  const total = (of: (row: Tally) => number) => rows.reduce((sum, row) => sum + of(row), 0)
  const sum = [
    'all',
    total(({ plants }) => plants),
    total(({ falsePasses }) => falsePasses),
    total(({ falseFails }) => falseFails),
    total(({ wrongFigures }) => wrongFigures),
    `${total(({ undecided }) => undecided.trouble)} + ${total(({ undecided }) => undecided.healthy)}`,
    '',
  ]
  return [
    [
      'kind',
      'plants',
      'false passes',
      'false fails',
      'wrong figures',
      'open (trouble + healthy)',
      'intervals that miss',
    ],
    ['---', '---:', '---:', '---:', '---:', '---:', '---:'],
    ...cells,
    sum,
  ]
    .map((row) => `| ${row.join(' | ')} |`)
    .join('\n')
}

/** What is wrong with one plant, and how to see it again. */
export const findingText = (finding: Finding, seed: number): string => {
  const { kind, index, side, words, said, falsePass, falseFail, wrongFigures } = finding
  const what = [falsePass ? 'false pass' : '', falseFail ? 'false fail' : '', ...wrongFigures].filter(
    (text) => text !== '',
  )
  return [
    `✕ ${kind} ${index}, ${side === 'trouble' ? 'with its trouble' : 'without its trouble'}: ${what.join('; ')}`,
    `  planted: ${words}`,
    `  said:    ${said}`,
    `  again:   npm run truth:random -- --seed ${seed} --kind ${kind} --index ${index}`,
  ].join('\n')
}

/** The last line of a command. */
export const summary = (rows: readonly Tally[], seed: number): string => {
  const wrong = rows.filter((row) => !isSound(row))
  const plants = plural(
    rows.reduce((sum, row) => sum + row.plants, 0),
    'plant',
  )
  return wrong.length === 0
    ? `✔ ${plants} of seed ${seed}: no false pass, no false fail`
    : `✕ ${plants} of seed ${seed}: wrong in ${wrong.map(({ kind }) => kind).join(', ')}`
}
