import * as Plot from '@observablehq/plot'
import { clockText, numberText } from '../format.ts'
import { chartWidth, marginLeft, marginRight } from './svg.ts'

const tickStyle = { fill: 'var(--mute)', fontSize: 11 } as const

/** Values at the left, and a faint line across for each. */
export const valueAxis = (ticks: number[], format: (value: number) => string = numberText): Plot.Markish[] => [
  Plot.gridY(ticks, { stroke: 'var(--line)', strokeOpacity: 1 }),
  Plot.axisY(ticks, { tickFormat: format, tickSize: 0, label: null, ...tickStyle }),
]

/** Moments of the run along the bottom. */
export const timeAxis = (ticks: number[]): Plot.Markish =>
  Plot.axisX(ticks, { tickFormat: clockText, tickSize: 4, label: null, stroke: 'var(--line)', ...tickStyle })

/** What a panel shows, at its top left: a word in bold and its unit. */
export const panelTitle = (word: string, unit: string): Plot.Markish[] => [
  Plot.text([word], { frameAnchor: 'top-left', dy: -14, text: (text: string) => text, fill: 'var(--ink)', fontSize: 12.5, fontWeight: 600, lineAnchor: 'middle' }),
  Plot.text([unit], { frameAnchor: 'top-left', dx: word.length * 7.6 + 6, dy: -14, text: (text: string) => text, fill: 'var(--mute)', fontSize: 12, lineAnchor: 'middle' }),
]

/** Said in the middle of a panel that has nothing to draw. */
export const note = (text: string): Plot.Markish =>
  Plot.text([text], { frameAnchor: 'middle', text: (words: string) => words, fill: 'var(--mute)', fontSize: 12 })

export const frameRight = chartWidth - marginRight
export const frameWidth = frameRight - marginLeft
