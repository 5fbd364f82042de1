import * as Plot from '@observablehq/plot'
import { cleanLine, clip } from '../../model/clean.ts'
import type { Charts, FaultResult } from '../../model/verdict.ts'
import { percentText } from '../format.ts'
import type { Markup } from '../html/markup.ts'
import { phaseWords } from '../words.ts'
import { frameWidth, note, panelTitle, timeAxis, valueAxis } from './axes.ts'
import { bandPanel, endOf, labelPanel } from './bands.ts'
import { linearAxis, logAxis, positiveRange, spread, timeTicks } from './scales.ts'
import { panel, stack } from './svg.ts'

const titleHeight = 30
const rateHeight = 92 + titleHeight
const latencyHeight = 190 + titleHeight
const errorsHeight = 84 + titleHeight
const axisHeight = 24
const stripHeight = 20

/**
 * What users felt. A step of the series begins at its `t`; lines go through the steps' middles.
 *
 * All on one time axis: offered and achieved rate, latency with the SLO lines, errors;
 * faults hatched, recovery shaded, the phases below.
 */
export const timeline = (charts: Charts, faults: readonly FaultResult[]): Markup => {
  const labels = labelPanel(charts, faults)
  const rateTop = labels?.height ?? 0
  const latencyTop = rateTop + rateHeight
  const errorsTop = latencyTop + latencyHeight
  const bottom = errorsTop + errorsHeight
  return stack(
    `Rate, latency and errors over the run, with ${faults.length} faults`,
    bottom + axisHeight + stripHeight,
    [
      { top: rateTop, panel: bandPanel(charts, faults, bottom - rateTop) },
      ...(labels ? [{ top: 0, panel: labels.panel }] : []),
      { top: rateTop, panel: ratePanel(charts) },
      { top: latencyTop, panel: latencyPanel(charts) },
      { top: errorsTop, panel: errorsPanel(charts) },
      { top: bottom + axisHeight, panel: phaseStrip(charts) },
    ],
  )
}

const timeScale = (charts: Charts): Plot.ScaleOptions => ({ domain: [0, endOf(charts)], axis: null })

const ratePanel = (charts: Charts): Element => {
  const { t, offered, achieved } = charts.rate
  const seconds = t.map((second, index) => ({
    second: second + charts.stepSeconds / 2,
    offered: offered[index] ?? null,
    achieved: achieved[index] ?? null,
  }))
  const { domain, ticks } = linearAxis(Math.max(0, ...offered, ...achieved))
  return panel({
    height: rateHeight,
    marginTop: titleHeight,
    x: timeScale(charts),
    y: { domain, axis: null },
    marks: [
      panelTitle('Requests', 'per second: offered dashed, achieved solid'),
      ...valueAxis(ticks),
      ...(seconds.length === 0
        ? [note('nothing was measured')]
        : [
            Plot.areaY(seconds, {
              x: 'second',
              y1: 'offered',
              y2: ({ offered: due, achieved: done }: (typeof seconds)[number]) =>
                due === null || done === null ? null : Math.min(due, done),
              fill: 'var(--bad)',
              fillOpacity: 0.22,
            }),
            Plot.lineY(seconds, {
              x: 'second',
              y: 'offered',
              stroke: 'var(--mute)',
              strokeDasharray: '3 4',
              strokeWidth: 1.3,
            }),
            Plot.lineY(seconds, { x: 'second', y: 'achieved', stroke: 'var(--p95)', strokeWidth: 1.6 }),
          ]),
    ],
  })
}

const percentiles = [
  { key: 'p50', width: 1.5 },
  { key: 'p95', width: 1.8 },
  { key: 'p99', width: 1.3 },
] as const

const latencyPanel = (charts: Charts): Element => {
  const { latency } = charts
  const measured = positiveRange([...latency.p50, ...latency.p95, ...latency.p99])
  const common = { height: latencyHeight, marginTop: titleHeight, x: timeScale(charts) }
  if (measured === null) {
    return panel({
      ...common,
      y: { domain: [0, 1], axis: null },
      marks: [panelTitle('Latency', 'ms'), note('nothing was measured')],
    })
  }
  const lines = nearbyLines(charts.sloLines, measured[1])
  const { domain, ticks } = logAxis([measured[0], Math.max(measured[1], ...lines.map(({ ms }) => ms))])
  return panel({
    ...common,
    y: { type: 'log', domain, axis: null },
    marks: [
      panelTitle('Latency', 'ms, log scale'),
      ...valueAxis(ticks),
      ...percentiles.map(({ key, width }) =>
        Plot.lineY(
          latency.t.map((second, index) => ({
            second: second + charts.stepSeconds / 2,
            ms: latency[key][index] ?? null,
          })),
          {
            x: 'second',
            y: 'ms',
            stroke: `var(--${key})`,
            strokeWidth: width,
          },
        ),
      ),
      ...sloMarks(lines),
      ...lineEnds(charts, domain),
    ],
  })
}

/** SLO lines that the data come near; one of 5 minutes would press milliseconds into the axis. */
export const nearbyLines = (lines: Charts['sloLines'], highestMs: number): Charts['sloLines'] =>
  lines.filter(({ ms }) => ms > 0 && ms <= highestMs * 20)

/**
 * Dashed lines of the objectives, named at the left where lines of the data seldom are, and below, since the title of the
 * panel may be above. Objectives with the same threshold share a line and its name.
 */
export const sloMarks = (lines: Charts['sloLines']): Plot.Markish[] => {
  const named = [...Map.groupBy(lines, ({ ms }) => ms)].map(([ms, same]) => ({
    ms,
    text: `SLO ${clip(same.map(({ label }) => cleanLine(label)).join(', '), 60)}`,
  }))
  return [
    Plot.ruleY(named, { y: 'ms', stroke: 'var(--slo)', strokeDasharray: '6 4', strokeWidth: 1.2 }),
    Plot.text(named, {
      y: 'ms',
      frameAnchor: 'left',
      dx: 5,
      dy: 9,
      textAnchor: 'start',
      text: 'text',
      fill: 'var(--slo)',
      fontSize: 11,
      stroke: 'var(--bg)',
      strokeWidth: 3,
    }),
  ]
}

/** The lines' names at their right ends, moved apart. */
const lineEnds = ({ latency }: Charts, [low, high]: [number, number]): Plot.Markish[] => {
  const ends = percentiles.flatMap(({ key }) => {
    const ms = latency[key].findLast((value) => value !== null && value > 0) ?? null
    return ms === null ? [] : [{ key, ms }]
  })
  const height = latencyHeight - titleHeight
  const down = (ms: number): number => (1 - Math.log(ms / low) / Math.log(high / low)) * height
  const placed = spread(
    ends.map(({ ms }) => down(ms)),
    12,
    4,
    height - 4,
  )
  return ends.map(({ key, ms }, index) =>
    Plot.text([ms], {
      y: (value: number) => value,
      frameAnchor: 'right',
      dx: 6,
      dy: (placed[index] ?? 0) - down(ms),
      text: () => key,
      textAnchor: 'start',
      fill: `var(--${key})`,
      fontSize: 11,
      fontWeight: 600,
    }),
  )
}

const errorsPanel = (charts: Charts): Element => {
  const { t, ratio } = charts.errors
  const measured = ratio.filter((value) => value !== null)
  const highest = Math.max(0, ...measured)
  const { domain, ticks } = linearAxis(highest === 0 ? 0.01 : highest)
  const seconds = t.map((second, index) => ({ second, ratio: ratio[index] ?? null }))
  return panel({
    height: errorsHeight + axisHeight,
    marginTop: titleHeight,
    marginBottom: axisHeight,
    x: timeScale(charts),
    y: { domain, axis: null },
    marks: [
      panelTitle('Errors', 'share of the requests due that failed or never came back'),
      ...valueAxis(ticks, percentText),
      ...timeAxis(timeTicks(endOf(charts))),
      ...(measured.length === 0
        ? [note('nothing was measured')]
        : highest === 0
          ? [note('none')]
          : [
              Plot.areaY(seconds, {
                x: 'second',
                y: 'ratio',
                fill: 'var(--bad)',
                fillOpacity: 0.75,
                curve: 'step-after',
              }),
            ]),
    ],
  })
}

const phaseStrip = (charts: Charts): Element => {
  const scale = frameWidth / endOf(charts)
  return panel({
    height: stripHeight,
    x: timeScale(charts),
    y: { domain: [0, 1], axis: null },
    marks: [
      Plot.rect(charts.phases, {
        x1: 'startS',
        x2: 'endS',
        y1: 0,
        y2: 1,
        fill: 'var(--card)',
        stroke: 'var(--line)',
        insetTop: 2,
        insetBottom: 2,
        rx: 3,
      }),
      Plot.text(charts.phases, {
        x: ({ startS, endS }: Charts['phases'][number]) => (startS + endS) / 2,
        y: 0.5,
        fontSize: 10.5,
        fill: 'var(--mute)',
        text: ({ phase, startS, endS }: Charts['phases'][number]) =>
          phaseWords[phase].length * 5.6 < (endS - startS) * scale ? phaseWords[phase] : '',
      }),
    ],
  })
}
