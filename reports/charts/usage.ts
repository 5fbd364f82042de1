import * as Plot from '@observablehq/plot'
import { cleanLine, clip } from '../../model/clean.ts'
import type { Charts, FaultResult } from '../../model/verdict.ts'
import type { Markup } from '../html/markup.ts'
import { panelTitle, timeAxis, valueAxis } from './axes.ts'
import { bandPanel, endOf } from './bands.ts'
import { linearAxis, spread, timeTicks } from './scales.ts'
import { panel, stack } from './svg.ts'

const titleHeight = 30
const plotHeight = 58
const axisHeight = 24

type Panel = NonNullable<Charts['usage']>[number]

/** Busiest first: the colours of the percentiles serve again, darkest for the busiest. */
const colors = ['var(--p99)', 'var(--p95)', 'var(--p50)'] as const

/** CPU, memory, pools and queues of the components on the timeline's axis. */
export const usageChart = (usage: readonly Panel[], charts: Charts, faults: readonly FaultResult[]): Markup => {
  const each = titleHeight + plotHeight
  const height = each * usage.length
  return stack('CPU, memory, connection pools and queues over the run', height + axisHeight, [
    { top: 0, panel: bandPanel(charts, faults, height) },
    ...usage.map((one, index) => ({
      top: index * each,
      panel: usagePanel(one, endOf(charts), index === usage.length - 1),
    })),
  ])
}

const usagePanel = ({ title, unit, t, lines }: Panel, endS: number, last: boolean): Element => {
  const highest = Math.max(0, ...lines.flatMap(({ value }) => value.filter((one) => one !== null)))
  const { domain, ticks } = linearAxis(highest)
  const down = (value: number): number => (1 - value / domain[1]) * plotHeight
  const ends = lines.map(({ value }) => value.findLast((one) => one !== null) ?? 0)
  const placed = spread(ends.map(down), 11, 2, plotHeight - 2)
  return panel({
    height: titleHeight + plotHeight + (last ? axisHeight : 0),
    marginTop: titleHeight,
    marginBottom: last ? axisHeight : 0,
    x: { domain: [0, endS], axis: null },
    y: { domain, axis: null },
    marks: [
      panelTitle(title, unit),
      ...valueAxis(ticks.length > 3 ? ticks.filter((_, index) => index % 2 === 0) : ticks),
      ...(last ? timeAxis(timeTicks(endS)) : []),
      ...lines.flatMap(({ component, value }, index) => [
        Plot.lineY(
          t.map((second, at) => ({ second, value: value[at] ?? null })),
          { x: 'second', y: 'value', stroke: colors[index] ?? 'var(--mute)', strokeWidth: index === 0 ? 1.7 : 1.4 },
        ),
        Plot.text([ends[index] ?? 0], {
          y: (end: number) => end,
          frameAnchor: 'right',
          dx: 3,
          dy: (placed[index] ?? 0) - down(ends[index] ?? 0),
          text: () => clip(cleanLine(component), 9),
          textAnchor: 'start',
          fill: colors[index] ?? 'var(--mute)',
          fontSize: 9,
          fontWeight: 600,
        }),
      ]),
    ],
  })
}
