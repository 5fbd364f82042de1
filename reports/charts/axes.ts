import * as Plot from '@observablehq/plot'
import { clockText, numberText } from '../format.ts'
import { chartWidth, marginLeft, marginRight, svgElement } from './svg.ts'

const tickStyle = { fill: 'var(--mute)', fontSize: 11 } as const

/**
 * Values at the left, and a faint line across for each. Not Plot's own axis: on a logarithmic scale
 * that leaves out the labels between the decades, whatever format it is given.
 */
export const valueAxis = (ticks: number[], format: (value: number) => string = numberText): Plot.Markish[] => [
  Plot.gridY(ticks, { stroke: 'var(--line)', strokeOpacity: 1 }),
  Plot.text(ticks, {
    y: (tick: number) => tick,
    frameAnchor: 'left',
    textAnchor: 'end',
    dx: -8,
    text: format,
    ...tickStyle,
  }),
]

/** Labels along the bottom, with small ticks. */
export const bottomAxis = (ticks: number[], format: (value: number) => string): Plot.Markish[] => [
  Plot.axisX(ticks, { tickFormat: () => '', tickSize: 4, label: null, stroke: 'var(--mute)' }),
  Plot.text(ticks, {
    x: (tick: number) => tick,
    frameAnchor: 'bottom',
    dy: 14,
    lineAnchor: 'middle',
    text: format,
    ...tickStyle,
  }),
]

/** Moments of the run along the bottom. */
export const timeAxis = (ticks: number[]): Plot.Markish[] => bottomAxis(ticks, clockText)

/** What a panel shows, at its top left: a word in bold and its unit, legible on bands too. */
export const panelTitle =
  (word: string, unit: string): Plot.Markish =>
  (_index, _scales, _values, { marginTop }) => {
    const title = svgElement('text', {
      x: String(marginLeft),
      y: String(marginTop - 10),
      'text-anchor': 'start',
      'font-size': '12.5',
      stroke: 'var(--bg)',
      'stroke-width': '4',
      'stroke-linejoin': 'round',
      'paint-order': 'stroke',
    })
    const part = (text: string, attributes: Record<string, string>) => {
      const span = svgElement('tspan', attributes)
      span.textContent = text
      title.append(span)
    }
    part(word, { fill: 'var(--ink)', 'font-weight': '600' })
    part(unit, { fill: 'var(--mute)', dx: '7' })
    return title
  }

/** Said in the middle of a panel that has nothing to draw. */
export const note = (text: string): Plot.Markish =>
  Plot.text([text], { frameAnchor: 'middle', text: (words: string) => words, fill: 'var(--mute)', fontSize: 12 })

export const frameRight = chartWidth - marginRight
export const frameWidth = frameRight - marginLeft
