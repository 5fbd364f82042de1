/** One series of an answer: its labels, its points in the order of time, and the times of values that are no numbers. */
export interface PrometheusSeries {
  labels: Record<string, string>
  points: [atMs: number, value: number][]
  notNumbersAtMs: number[]
}

interface Span {
  fromMs: number
  toMs: number
  stepMs: number
}

/**
 * The series of a successful answer of `query_range`, and what the server says is missing in it. Points of another time
 * than the one asked for are left out.
 * @returns a few words where it is no such answer.
 */
export const parseMatrix = (
  body: Record<string, unknown>,
  span: Span,
): { series: PrometheusSeries[]; incomplete: string | null } | string => {
  const { resultType, result } = (body.data ?? {}) as { resultType?: unknown; result?: unknown }
  if (resultType !== undefined && resultType !== 'matrix')
    return `the answer is of type ${String(resultType).slice(0, 20)}, not a matrix`
  if (resultType === undefined || !Array.isArray(result)) return 'the answer has not the shape of series'
  if (result.some((entry: Entry) => entry?.histograms !== undefined))
    return 'the answer holds histograms, not numbers: ask for a quantile or a rate of them'
  const series = result.map((entry: Entry) => seriesOf(entry, span))
  if (!series.every((one) => one !== null)) return 'the answer has not the shape of series'
  return { series, incomplete: incompleteOf(body) }
}

type Entry = { metric?: unknown; values?: unknown; histograms?: unknown } | null

const seriesOf = (entry: Entry, { fromMs, toMs, stepMs }: Span): PrometheusSeries | null => {
  const { metric, values } = entry ?? {}
  if (!isLabels(metric) || !Array.isArray(values) || !values.every(isPoint)) return null
  const points = values
    .map(([seconds, text]): [number, number] => [Math.round(seconds * 1000), numberOf(text)])
    // Some servers align points to multiples of the step.
    .filter(([atMs]) => atMs > fromMs - stepMs && atMs < toMs + stepMs)
    .sort(([a], [b]) => a - b)
  if (points.some(([atMs], i) => atMs === points[i - 1]?.[0])) return null
  return {
    labels: metric,
    points: points.filter(([, value]) => Number.isFinite(value)),
    notNumbersAtMs: points.filter(([, value]) => !Number.isFinite(value)).map(([atMs]) => atMs),
  }
}

const isLabels = (value: unknown): value is Record<string, string> =>
  typeof value === 'object' && value !== null && Object.values(value).every((label) => typeof label === 'string')

type Point = [seconds: number, value: string]
const isPoint = (value: unknown): value is Point =>
  Array.isArray(value) && value.length === 2 && Number.isFinite(value[0]) && typeof value[1] === 'string'

/** Decimal, as Prometheus writes it; `Number` alone takes spaces for 0, and knows other notations. */
const numberOf = (text: string): number => (/^[+-]?[\d.]+(e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN)

/**
 * Warnings say that a part of the data could not be read (a store that is away, series cut off by a limit); so does
 * `isPartial` of VictoriaMetrics. Infos are hints on the query, except those of values that were left out; Prometheus
 * before 3.0 has them among the warnings.
 */
const incompleteOf = ({ warnings, infos, isPartial }: Record<string, unknown>): string | null => {
  const [warned, informed] = [textsOf(warnings), textsOf(infos)]
  const hints = (text: string) => text.startsWith('PromQL info:')
  const said = [
    ...warned.filter((text) => !hints(text)),
    ...[...informed, ...warned.filter(hints)].filter((text) => leavesOut.test(text)),
    ...(isPartial === undefined || isPartial === false ? [] : ['it is marked as partial']),
  ]
  return said.length === 0 ? null : said.join('; ').slice(0, 300)
}

const leavesOut = /ignor|incompatible|drop|partial|missing|unavailable|fail|time[ds]?[ -]?out|truncat|limit|exceed/i

/** Whatever is not a list of texts is taken for a warning: it is not understood. */
const textsOf = (value: unknown): string[] => {
  if (value === undefined || value === null) return []
  const list = Array.isArray(value) ? value : [value]
  return list.map((text) => (typeof text === 'string' ? text : JSON.stringify(text)))
}
