import type { Counted } from './cells.ts'
import { cellName, isGoal } from './cells.ts'
import { percentText as percent, markdownTable as table } from './markdown.ts'

/** What is promised where the dependence is at most a twentieth of the run. */
export const promised = { falseRatio: 0.06, coveredRatio: 0.93, falsePassesAtTwice: 0 }

/** Four standard deviations of a share that was counted in so many records: fewer records break no promise by chance. */
const chance = (ratio: number, records: number): number =>
  records >= 1000 ? 0 : 4 * Math.sqrt((ratio * (1 - ratio)) / records)

/** Why a cell breaks the promise, or null. */
export const broken = (cell: Counted): string | null => {
  const { records, times, provenPass, provenFail, covered } = cell
  if (!isGoal(cell)) return null
  const most = (promised.falseRatio + chance(promised.falseRatio, records)) * records
  if (times === 1 && provenPass > most) return `${percent(provenPass, records)} false passes`
  if (times <= 1 && provenFail > most) return `${percent(provenFail, records)} false fails`
  if (times > 1 && provenPass > most) return `${percent(provenPass, records)} false passes`
  if (times >= 2 && provenPass > promised.falsePassesAtTwice)
    return `${provenPass} false passes at twice what is allowed`
  if (covered < (promised.coveredRatio - chance(promised.coveredRatio, records)) * records)
    return `the interval covers ${percent(covered, records)}`
  return null
}

/** Markdown, as it stands in docs/verdict.md. */
export const tables = (cells: readonly Counted[]): string =>
  [
    ['### Worst cell of each law, within the promise', worst(cells.filter(isGoal))],
    ['### Longer spells, exactly at the limit', longer(cells.filter((cell) => !isGoal(cell)))],
    ['### Power: shares of runs that are decided', power(cells.filter(isGoal))],
  ]
    .map(([heading, rows]) => `${heading}\n\n${rows}`)
    .join('\n\n')

const worst = (cells: readonly Counted[]): string =>
  table(
    ['law', 'cells', 'false passes', 'before', 'false fails', 'before', 'passes at twice the share', 'interval covers'],
    byLaw(cells).map(([law, own]) => {
      const limit = own.filter(({ times }) => times === 1)
      return [
        law,
        String(own.length),
        most(limit, 'provenPass'),
        most(limit, 'oldPass'),
        most(limit, 'provenFail'),
        most(limit, 'oldFail'),
        most(
          own.filter(({ times }) => times === 2),
          'provenPass',
        ),
        `${(100 * Math.min(...own.map(({ covered, records }) => covered / records))).toFixed(1)} %`,
      ]
    }),
  )

const longer = (cells: readonly Counted[]): string =>
  table(
    ['law', 'run', 'false passes', 'before'],
    cells
      .filter(({ times, perSecond }) => times === 1 && perSecond === 50)
      .map((cell) => [
        `${cell.law} ${cell.scale} s`,
        `${cell.seconds} s`,
        percent(cell.provenPass, cell.records),
        percent(cell.oldPass, cell.records),
      ]),
  )

const power = (cells: readonly Counted[]): string => {
  const rows = Map.groupBy(
    cells.filter(({ perSecond, times }) => perSecond === 50 && times !== 1),
    ({ law, scale, seconds }) => `${law}${scale === 0 ? '' : ` ${scale} s`}|${seconds} s`,
  )
  const passes = [0.6, 0.8]
  const fails = [1.25, 2]
  return table(
    [
      'law',
      'run',
      ...passes.map((times) => `pass at ×${times} (before)`),
      ...fails.map((times) => `fail at ×${times} (before)`),
    ],
    [...rows].map(([key, own]) => {
      const at = (times: number) => own.find((cell) => cell.times === times)
      const text = (times: number, now: 'provenPass' | 'provenFail', before: 'oldPass' | 'oldFail') => {
        const cell = at(times)
        return cell ? `${percent(cell[now], cell.records)} (${percent(cell[before], cell.records)})` : '–'
      }
      return [
        ...key.split('|'),
        ...passes.map((times) => text(times, 'provenPass', 'oldPass')),
        ...fails.map((times) => text(times, 'provenFail', 'oldFail')),
      ]
    }),
  )
}

const byLaw = (cells: readonly Counted[]): [string, Counted[]][] => [...Map.groupBy(cells, ({ law }) => law)]

const most = (cells: readonly Counted[], of: 'provenPass' | 'provenFail' | 'oldPass' | 'oldFail'): string =>
  cells.length === 0 ? '–' : `${(100 * Math.max(...cells.map((cell) => cell[of] / cell.records))).toFixed(1)} %`

/** One line for each cell that breaks the promise. */
export const brokenLines = (cells: readonly Counted[]): string[] =>
  cells.flatMap((cell) => {
    const why = broken(cell)
    return why === null ? [] : [`${cellName(cell)}: ${why}`]
  })
