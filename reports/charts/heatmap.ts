import * as Plot from '@observablehq/plot'
import type { Charts, FaultResult } from '../../model/verdict.ts'
import type { Markup } from '../html/markup.ts'
import { nothing } from '../html/markup.ts'
import { circled } from '../words.ts'
import { timeAxis, valueAxis } from './axes.ts'
import { endOf } from './bands.ts'
import { logAxis, positiveRange, timeTicks } from './scales.ts'
import { panel, stack, svgElement } from './svg.ts'
import { nearbyLines, sloMarks } from './timeline.ts'

const height = 210
const marginTop = 18
const levels = 8

/** Latency over time, darker where more requests were: shows two humps where percentiles show one number. */
export const heatmap = (charts: Charts, faults: readonly FaultResult[]): Markup => {
  const cells = charts.heatmap.filter(({ lowMs, n }) => lowMs > 0 && n > 0)
  const range = positiveRange(cells.flatMap(({ lowMs, highMs }) => [lowMs, highMs]))
  if (range === null) return nothing
  const lines = nearbyLines(charts.sloLines, range[1])
  const { domain, ticks } = logAxis([range[0], Math.max(range[1], ...lines.map(({ ms }) => ms))])
  const most = cells.reduce((highest, { n }) => Math.max(highest, n), 0)
  const endS = endOf(charts)
  const starts = charts.faultBands.map(({ id, startS }, index) => {
    const position = faults.findIndex((fault) => fault.id === id)
    return { startS, number: circled(position < 0 ? index : position) }
  })
  return stack('Distribution of latency over time', height, [
    {
      top: 0,
      panel: panel({
        height,
        marginTop,
        marginBottom: 24,
        x: { domain: [0, endS], axis: null },
        y: { type: 'log', domain, axis: null },
        marks: [
          ...valueAxis(ticks),
          ...timeAxis(timeTicks(endS)),
          Plot.rect(cells, {
            x1: 't',
            x2: 'tEnd',
            y1: 'lowMs',
            y2: 'highMs',
            // The root keeps rare cells visible beside the crowded ones.
            opacity: { value: ({ n }: { n: number }) => Math.ceil(Math.sqrt(n / most) * levels), scale: null } as never,
            render: onePathPerLevel,
          }),
          ...sloMarks(lines),
          Plot.ruleX(starts, { x: 'startS', stroke: 'var(--fault)', strokeWidth: 1, strokeDasharray: '2 3' }),
          Plot.text(starts, {
            x: 'startS',
            frameAnchor: 'top',
            dy: -10,
            text: 'number',
            fill: 'var(--fault)',
            fontSize: 11.5,
            fontWeight: 600,
          }),
        ],
      }),
    },
  ])
}

/** Thousands of cells as a few paths: an element each would make the file ten times larger. */
const onePathPerLevel: Plot.RenderFunction = (index, _scales, values) => {
  const paths = new Map<number, string>()
  const { x1 = [], x2 = [], y1 = [], y2 = [], opacity = [] } = values as Record<string, ArrayLike<number>>
  for (const cell of index) {
    const [left, right, top, bottom] = [x1, x2, y2, y1].map((channel) => round(channel[cell] ?? 0)) as [
      number,
      number,
      number,
      number,
    ]
    const level = opacity[cell] ?? 0
    paths.set(level, `${paths.get(level) ?? ''}M${left},${top}H${right}V${bottom}H${left}Z`)
  }
  const group = svgElement('g', { fill: 'var(--p95)' })
  for (const [level, d] of [...paths].sort(([one], [other]) => one - other)) {
    group.append(svgElement('path', { d, 'fill-opacity': String(level / levels) }))
  }
  return group
}

const round = (value: number): number => Math.round(value * 10) / 10
