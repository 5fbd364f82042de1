import * as Plot from '@observablehq/plot'
import { cleanLine, clip } from '../../model/clean.ts'
import type { Charts, FaultResult } from '../../model/verdict.ts'
import type { Markup } from '../html/markup.ts'
import { note, panelTitle, timeAxis, valueAxis } from './axes.ts'
import { bandPanel, endOf } from './bands.ts'
import { linearAxis, timeTicks } from './scales.ts'
import { panel, stack } from './svg.ts'

const titleHeight = 30
const plotHeight = 76
const gap = 6
const axisHeight = 24

/** Sampled series that have an objective, one panel each on the timeline's axis, with their bounds. */
export const resources = (charts: Charts, faults: readonly FaultResult[]): Markup => {
  const each = titleHeight + plotHeight + gap
  const height = each * charts.resources.length
  return stack('Sampled resources over the run', height + axisHeight, [
    { top: 0, panel: bandPanel(charts, faults, height - gap) },
    ...charts.resources.map((series, index) => ({
      top: index * each,
      panel: seriesPanel(series, endOf(charts), index === charts.resources.length - 1),
    })),
  ])
}

const seriesPanel = (
  { title, unit, t, value, limit }: Charts['resources'][number],
  endS: number,
  last: boolean,
): Element => {
  const seconds = t.map((second, index) => ({ second, value: value[index] ?? null }))
  const measured = value.filter((sample) => sample !== null)
  // A bound far above the data would flatten them; its words stand in the title all the same.
  const highest = Math.max(0, ...measured)
  const shown = limit && limit.value <= highest * 4 ? [limit] : []
  const { domain, ticks } = linearAxis(Math.max(highest, ...shown.map((bound) => bound.value)))
  return panel({
    height: titleHeight + plotHeight + (last ? axisHeight : 0),
    marginTop: titleHeight,
    marginBottom: last ? axisHeight : 0,
    x: { domain: [0, endS], axis: null },
    y: { domain: [Math.min(0, ...measured), domain[1]], axis: null },
    marks: [
      panelTitle(
        clip(cleanLine(title), 60),
        `${clip(cleanLine(unit), 20)}${limit ? `, objective ${clip(cleanLine(limit.text), 30)}` : ''}`,
      ),
      ...valueAxis(ticks),
      ...(last ? timeAxis(timeTicks(endS)) : []),
      Plot.ruleY(shown, { y: 'value', stroke: 'var(--slo)', strokeDasharray: '6 4', strokeWidth: 1.2 }),
      measured.length === 0
        ? note('nothing was measured')
        : Plot.lineY(seconds, { x: 'second', y: 'value', stroke: 'var(--p95)', strokeWidth: 1.6 }),
    ],
  })
}
