import * as Plot from '@observablehq/plot'
import type { Capacity, CapacityStep } from '../../model/capacity.ts'
import { numberText, percentText } from '../format.ts'
import type { Markup } from '../html/markup.ts'
import { nothing } from '../html/markup.ts'
import { bottomAxis, panelTitle, valueAxis } from './axes.ts'
import { linearAxis, logAxis, positiveRange } from './scales.ts'
import { panel, stack } from './svg.ts'

const titleHeight = 30
const latencyHeight = 190 + titleHeight
const errorsHeight = 70 + titleHeight
const axisHeight = 24

const fills: Record<CapacityStep['state'], string> = {
  held: 'var(--ok)',
  broke: 'var(--bad)',
  unclear: 'var(--warn)',
  'not-offered': 'var(--mute)',
}

/** Latency and errors by the rate that was offered; what held, what broke, the knee, and the interval shaded. */
export const capacityCurve = ({ steps, knee, interval }: Capacity): Markup => {
  const range = positiveRange(steps.flatMap(({ p50Ms, p95Ms }) => [p50Ms, p95Ms]))
  if (range === null || steps.length < 2) return nothing
  const highest = Math.max(...steps.map(({ offeredPerSecond }) => offeredPerSecond))
  const rates = linearAxis(highest)
  const x: Plot.ScaleOptions = { domain: rates.domain, axis: null }
  const shaded = interval.low === null ? [] : [{ from: interval.low, to: interval.high ?? rates.domain[1] }]
  const band = Plot.rectX(shaded, { x1: 'from', x2: 'to', fill: 'var(--recovery)' })
  const latency = logAxis(range)
  const errors = linearAxis(Math.max(0.01, ...steps.map(({ errorRatio }) => errorRatio ?? 0)))
  const dots = (y: 'p95Ms' | 'errorRatio') =>
    Plot.dot(steps, { x: 'offeredPerSecond', y, r: 4, fill: ({ state }: CapacityStep) => fills[state] })
  return stack('Latency and errors by offered rate', latencyHeight + errorsHeight + axisHeight, [
    {
      top: 0,
      panel: panel({
        height: latencyHeight,
        marginTop: titleHeight,
        x,
        y: { type: 'log', domain: latency.domain, axis: null },
        marks: [
          band,
          panelTitle('Latency', 'ms, log scale: p95 with its points, p50 light'),
          ...valueAxis(latency.ticks),
          Plot.lineY(steps, { x: 'offeredPerSecond', y: 'p50Ms', stroke: 'var(--p50)', strokeWidth: 1.5 }),
          Plot.lineY(steps, { x: 'offeredPerSecond', y: 'p95Ms', stroke: 'var(--p95)', strokeWidth: 1.8 }),
          dots('p95Ms'),
          ...(knee
            ? [
                Plot.dot([knee], { x: 'perSecond', y: 'p95Ms', r: 8, stroke: 'var(--ink)', strokeWidth: 1.4 }),
                Plot.text([knee], {
                  x: 'perSecond',
                  y: 'p95Ms',
                  text: () => `knee near ${numberText(knee.perSecond)}/s`,
                  dx: -13,
                  dy: -12,
                  textAnchor: 'end',
                  fill: 'var(--ink)',
                  fontSize: 11.5,
                  fontWeight: 600,
                }),
              ]
            : []),
        ],
      }),
    },
    {
      top: latencyHeight,
      panel: panel({
        height: errorsHeight + axisHeight,
        marginTop: titleHeight,
        marginBottom: axisHeight,
        x,
        y: { domain: errors.domain, axis: null },
        marks: [
          band,
          panelTitle('Errors', 'share of the requests due'),
          ...valueAxis(
            errors.ticks.length > 3 ? errors.ticks.filter((_, at) => at % 2 === 0) : errors.ticks,
            percentText,
          ),
          ...bottomAxis(rates.ticks, (rate) => `${numberText(rate)}/s`),
          Plot.lineY(steps, { x: 'offeredPerSecond', y: 'errorRatio', stroke: 'var(--bad)', strokeWidth: 1.5 }),
          dots('errorRatio'),
        ],
      }),
    },
  ])
}
