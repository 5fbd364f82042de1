import { HoldfastError, messageOf } from '../model/errors.ts'

export interface PrometheusServer {
  url: string
  /** Sent as `Authorization: Bearer`. */
  token?: string | undefined
  timeoutMs?: number
}

/** One series of an answer: its labels, and the points that are numbers. */
export interface PrometheusSeries {
  labels: Record<string, string>
  points: [atMs: number, value: number][]
}

export interface PrometheusAnswer {
  series: PrometheusSeries[]
  /** The server's clock less ours, in ms; null where it does not say. */
  skewMs: number | null
}

const mostBytes = 20_000_000
const mostSeries = 50
const usualTimeoutMs = 10_000

/**
 * The values of a query over a span (`/api/v1/query_range`). NaN, infinities and points that are
 * missing are left out: they are no data.
 * @throws HoldfastError, as one line, for everything that is not a whole answer.
 */
export const queryRange = (
  server: PrometheusServer,
  query: string,
  { fromMs, toMs, stepMs }: { fromMs: number; toMs: number; stepMs: number },
): Promise<PrometheusAnswer> =>
  ask(server, 'query_range', {
    query,
    start: String(fromMs / 1000),
    end: String(toMs / 1000),
    step: String(stepMs / 1000),
  })

/** The values of a query now (`/api/v1/query`). */
export const queryNow = (server: PrometheusServer, query: string): Promise<PrometheusAnswer> =>
  ask(server, 'query', { query })

const ask = async (server: PrometheusServer, path: string, form: Record<string, string>): Promise<PrometheusAnswer> => {
  const address = `${server.url.replace(/\/+$/, '')}/api/v1/${path}`
  const timeoutMs = server.timeoutMs ?? usualTimeoutMs
  const fail = (what: string, cause?: unknown): HoldfastError =>
    new HoldfastError(`Prometheus at ${server.url}: ${what}`, { cause, hint: 'Check --prometheus and the query.' })
  let response: Response
  let text: string
  try {
    response = await fetch(address, {
      method: 'POST',
      body: new URLSearchParams(form),
      headers: server.token === undefined ? {} : { authorization: `Bearer ${server.token}` },
      signal: AbortSignal.timeout(timeoutMs),
    })
    text = await textOf(response)
  } catch (cause) {
    const isTimeout = cause instanceof Error && cause.name === 'TimeoutError'
    throw fail(isTimeout ? `no answer in ${timeoutMs / 1000} s` : reasonOf(cause), cause)
  }
  const body = parse(text)
  if (!response.ok || body?.status !== 'success') {
    const said = typeof body?.error === 'string' ? `: ${body.error.slice(0, 300)}` : ''
    throw fail(response.ok && body === null ? 'the answer is not JSON' : `HTTP ${response.status}${said}`)
  }
  const series = seriesOf(body.data)
  if (series === null) throw fail('the answer has not the shape of series')
  if (series.length > mostSeries)
    throw fail(
      `${series.length} series, at most ${mostSeries} are read: aggregate them, for instance with max by (pod)`,
    )
  return { series, skewMs: skewOf(response) }
}

/** @throws when the body is longer than any sensible answer. */
const textOf = async (response: Response): Promise<string> => {
  const decoder = new TextDecoder()
  let text = ''
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true })
    if (text.length > mostBytes) throw new Error(`the answer is longer than ${mostBytes / 1e6} MB`)
  }
  return text + decoder.decode()
}

/** `fetch failed` says nothing; its cause does. */
const reasonOf = (cause: unknown): string => {
  const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause : cause
  const code = (inner as NodeJS.ErrnoException | undefined)?.code
  return messageOf(inner) || (code ?? 'no connection')
}

type Body = { status?: unknown; error?: unknown; data?: unknown }

const parse = (text: string): Body | null => {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : null
  } catch {
    return null
  }
}

/** Series of a matrix, a vector or a scalar; null for any other shape. */
const seriesOf = (data: unknown): PrometheusSeries[] | null => {
  const { resultType, result } = (data ?? {}) as { resultType?: unknown; result?: unknown }
  if (resultType === 'scalar') return isPoint(result) ? [{ labels: {}, points: pointsOf([result]) }] : null
  if ((resultType !== 'matrix' && resultType !== 'vector') || !Array.isArray(result)) return null
  const series = result.map((entry: { metric?: unknown; values?: unknown; value?: unknown } | null) => {
    const points = resultType === 'matrix' ? entry?.values : [entry?.value]
    if (!isLabels(entry?.metric) || !Array.isArray(points) || !points.every(isPoint)) return null
    return { labels: entry.metric, points: pointsOf(points) }
  })
  return series.every((one) => one !== null) ? series : null
}

const isLabels = (value: unknown): value is Record<string, string> =>
  typeof value === 'object' && value !== null && Object.values(value).every((label) => typeof label === 'string')

type Point = [seconds: number, value: string]
const isPoint = (value: unknown): value is Point =>
  Array.isArray(value) && value.length === 2 && Number.isFinite(value[0]) && typeof value[1] === 'string'

const pointsOf = (points: readonly Point[]): PrometheusSeries['points'] =>
  points
    .map(([seconds, text]): [number, number] => [Math.round(seconds * 1000), text === '' ? Number.NaN : Number(text)])
    .filter(([, value]) => Number.isFinite(value))

/** HTTP dates are whole seconds: half of one is the middle of what it can mean. */
const skewOf = (response: Response): number | null => {
  const atMs = Date.parse(response.headers.get('date') ?? '')
  return Number.isFinite(atMs) ? atMs + 500 - Date.now() : null
}
