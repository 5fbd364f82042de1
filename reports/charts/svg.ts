import * as Plot from '@observablehq/plot'
import { JSDOM } from 'jsdom'
import { clean } from '../../model/clean.ts'
import { Markup } from '../html/markup.ts'

let sharedDocument: Document | undefined

/** The one document in which every chart of this process is drawn; a new one costs more than a chart. */
const drawingDocument = (): Document => {
  sharedDocument ??= new JSDOM('').window.document
  return sharedDocument
}

/** Widths in the charts' own units; a page scales them. */
export const chartWidth = 1040
export const marginLeft = 56
export const marginRight = 48

/** One plot of a chart; charts that share an x domain and the margins stay aligned when stacked. */
export const panel = (options: Plot.PlotOptions): Element => {
  const drawn = Plot.plot({
    document: drawingDocument(),
    className: 'plot',
    width: chartWidth,
    marginLeft,
    marginRight,
    marginTop: 0,
    marginBottom: 0,
    ...options,
  })
  // The page has one style sheet; Plot's own would be repeated in every panel.
  drawn.querySelector('style')?.remove()
  return drawn
}

/** Panels one above the other (or on top of each other, in order), as one image with a title for screen readers. */
export const stack = (
  title: string,
  height: number,
  layers: readonly { top: number; panel: Element }[],
  width = chartWidth,
): Markup => {
  const document = drawingDocument()
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg')
  svg.setAttribute('viewBox', `0 0 ${width} ${height}`)
  svg.setAttribute('role', 'img')
  svg.setAttribute('aria-label', clean(title))
  for (const { top, panel: layer } of layers) {
    layer.setAttribute('y', String(top))
    svg.append(layer)
  }
  return new Markup(svg.outerHTML)
}

/** An SVG element for a mark of our own. */
export const svgElement = (name: string, attributes: Record<string, string>): SVGElement => {
  const element = drawingDocument().createElementNS('http://www.w3.org/2000/svg', name)
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value)
  return element
}

/** The hatching of fault bands; once per page, before the first chart. */
export const hatchDefinition = new Markup(
  '<svg class="definitions" aria-hidden="true" width="0" height="0"><defs><pattern id="hatch" width="6" height="6" ' +
    'patternTransform="rotate(45)" patternUnits="userSpaceOnUse"><line x1="0" y1="0" x2="0" y2="6"/></pattern></defs></svg>',
)
