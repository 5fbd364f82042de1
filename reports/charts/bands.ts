import * as Plot from '@observablehq/plot'
import { cleanLine, clip } from '../../model/clean.ts'
import type { Charts, FaultResult } from '../../model/verdict.ts'
import { circled } from '../words.ts'
import type { PlacedLabel } from './labels.ts'
import { placeLabels } from './labels.ts'
import { chartWidth, marginLeft, marginRight, panel } from './svg.ts'

type Band = Charts['faultBands'][number]

/** A band as the chart shades it: until it recovered, or to the end where it did not. */
interface ShadedBand extends Band {
  name: string
  number: string
  shadedToS: number
}

const shade = (bands: readonly Band[], faults: readonly FaultResult[], endS: number): ShadedBand[] =>
  bands.map((band, index) => {
    const fault = faults.findIndex(({ id }) => id === band.id)
    const number = circled(fault < 0 ? index : fault)
    const state = faults[fault]?.worst?.state
    const stillBad = band.recoveredS === null && (state === 'not-recovered' || state === 'not-seen')
    const name = `${number} ${clip(cleanLine(band.label), 44)}${stillBad ? ' (not recovered)' : ''}`
    return { ...band, name, number, shadedToS: stillBad ? endS : (band.recoveredS ?? band.endS) }
  })

/** The last second that a chart of this run shows. */
export const endOf = (charts: Charts): number =>
  Math.max(
    1,
    ...charts.phases.map(({ endS }) => endS),
    ...charts.faultBands.map(({ endS }) => endS),
    (charts.rate.t.at(-1) ?? 0) + charts.stepSeconds,
  )

/** Hatched where a fault is active, shaded until recovery, a line at the injection; goes behind the other panels. */
export const bandPanel = (charts: Charts, faults: readonly FaultResult[], height: number): Element => {
  const endS = endOf(charts)
  const bands = shade(charts.faultBands, faults, endS)
  return panel({
    height,
    x: { domain: [0, endS], axis: null },
    y: { domain: [0, 1], axis: null },
    marks: [
      Plot.rect(bands, { x1: 'endS', x2: 'shadedToS', y1: 0, y2: 1, fill: 'var(--recovery)' }),
      Plot.rect(bands, { x1: 'startS', x2: 'endS', y1: 0, y2: 1, fill: 'url(#hatch)' }),
      Plot.ruleX(bands, { x: 'startS', stroke: 'var(--fault)', strokeWidth: 1.2 }),
    ],
  })
}

const rowHeight = 15

/** The faults' names, each above its band, in as few rows as hold them; null without faults. */
export const labelPanel = (
  charts: Charts,
  faults: readonly FaultResult[],
  maxRows = 4,
): { height: number; panel: Element } | null => {
  const endS = endOf(charts)
  const right = chartWidth - marginRight
  const scale = (right - marginLeft) / endS
  const labels = placeLabels(
    shade(charts.faultBands, faults, endS).map(({ startS, name, number }) => ({
      x: marginLeft + startS * scale,
      text: name,
      short: number,
    })),
    chartWidth,
    maxRows,
  )
  if (labels.length === 0) return null
  const height = Math.max(...labels.map(({ row }) => row + 1)) * rowHeight + 3
  const y = (label: PlacedLabel): number => label.row * rowHeight + rowHeight / 2
  return {
    height,
    panel: panel({
      height,
      // Both scales map the chart's own units to themselves.
      x: { domain: [marginLeft, right], axis: null },
      y: { domain: [0, height], range: [0, height], axis: null },
      marks: [
        Plot.ruleX(labels, {
          x: 'x',
          y1: (label: PlacedLabel) => y(label) - 6,
          y2: height,
          stroke: 'var(--fault)',
          strokeWidth: 1.2,
        }),
        ...(['start', 'end'] as const).map((anchor) =>
          Plot.text(
            labels.filter((label) => label.anchor === anchor),
            {
              x: 'x',
              y,
              text: 'text',
              textAnchor: anchor,
              dx: anchor === 'start' ? 5 : -5,
              fill: 'var(--fault)',
              fontSize: 11.5,
              fontWeight: 600,
            },
          ),
        ),
      ],
    }),
  }
}
