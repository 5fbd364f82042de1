import * as Plot from '@observablehq/plot'
import type { Charts } from '../../model/verdict.ts'
import { numberText } from '../format.ts'
import type { Markup } from '../html/markup.ts'
import { nothing } from '../html/markup.ts'
import { bottomAxis, valueAxis } from './axes.ts'
import { logAxis, positiveRange } from './scales.ts'
import { panel, stack } from './svg.ts'
import { nearbyLines, sloMarks } from './timeline.ts'

const width = 510
const height = 230

/** Latency by percentile, on an axis of 1/(1-p): each nine gets the same room, so the tail is seen. */
export const percentileCurve = (charts: Charts): Markup => {
  const points = pointsOf(charts.percentiles)
  const rarest = points.reduce((highest, { rarity }) => Math.max(highest, rarity), 0)
  // Several baseline runs have more requests than this one, hence a longer tail.
  const before = pointsOf(charts.baselinePercentiles ?? []).filter(({ rarity }) => rarity <= rarest * 1.001)
  const range = positiveRange([...points, ...before].map(({ ms }) => ms))
  if (range === null || points.length < 2) return nothing
  const lines = nearbyLines(charts.sloLines, range[1])
  const { domain, ticks } = logAxis([range[0], Math.max(range[1], ...lines.map(({ ms }) => ms))])
  return stack(
    'Latency by percentile in steady state',
    height,
    [
      {
        top: 0,
        panel: panel({
          width,
          height,
          marginTop: 14,
          marginBottom: 28,
          marginRight: 20,
          x: { type: 'log', domain: [1, rarest], axis: null },
          y: { type: 'log', domain, axis: null },
          marks: [
            ...valueAxis(ticks),
            ...bottomAxis(
              [2, 10, 20, 100, 1000, 10_000, 100_000].filter((rarity) => rarity <= rarest * 1.001),
              (rarity) => `p${numberText100(1 - 1 / rarity)}`,
            ),
            Plot.line(before, {
              x: 'rarity',
              y: 'ms',
              stroke: 'var(--mute)',
              strokeDasharray: '4 4',
              strokeWidth: 1.6,
            }),
            Plot.line(points, { x: 'rarity', y: 'ms', stroke: 'var(--p95)', strokeWidth: 2 }),
            Plot.dot(points, { x: 'rarity', y: 'ms', fill: 'var(--p95)', r: 2.2 }),
            ...sloMarks(lines),
            Plot.text(points.slice(-1), {
              x: 'rarity',
              y: 'ms',
              text: ({ ms }: { ms: number }) => `${numberText(ms)} ms`,
              dy: -10,
              textAnchor: 'end',
              fill: 'var(--p95)',
              fontSize: 11,
              fontWeight: 600,
            }),
          ],
        }),
      },
    ],
    width,
  )
}

const pointsOf = (percentiles: Charts['percentiles']) =>
  percentiles.filter(({ p, ms }) => p < 1 && ms > 0).map(({ p, ms }) => ({ rarity: 1 / (1 - p), ms }))

/** `99.9` of 0.999, without the digits that binary fractions add. */
const numberText100 = (ratio: number): string => String(Number((ratio * 100).toFixed(4)))
