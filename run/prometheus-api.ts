import { HoldfastError } from '../model/errors.ts'
import { connectionError } from './connection-error.ts'
import { withoutHeaders } from './prometheus-access.ts'
import { type PrometheusSeries, parseMatrix } from './prometheus-answer.ts'

export interface PrometheusServer {
  /** As planned: the API is below its path, and its query goes with every request. */
  url: string
  headers: Record<string, string>
  timeoutMs?: number
}

export interface PrometheusAnswer {
  series: PrometheusSeries[]
  /** What the server says is missing in its answer; null where it is whole. */
  incomplete: string | null
  /** The server's clock less ours, in ms; null where it does not say. */
  skewMs: number | null
}

/** A query without an answer. */
export class PrometheusError extends HoldfastError {
  /** HTTP status of the answer; null where there was none, or none that is whole. */
  readonly status: number | null

  constructor(message: string, status: number | null, cause: unknown) {
    super(message, { cause, hint: 'Check --prometheus and the query.' })
    this.status = status
  }
}

const mostBytes = 20_000_000
const mostSeries = 50
const usualTimeoutMs = 10_000

/**
 * The values of a query over a span (`/api/v1/query_range`).
 * @throws PrometheusError, as one line, for everything that is no answer.
 */
export const queryRange = async (
  server: PrometheusServer,
  query: string,
  { fromMs, toMs, stepMs }: { fromMs: number; toMs: number; stepMs: number },
): Promise<PrometheusAnswer> => {
  const form = new URLSearchParams({
    query,
    start: String(fromMs / 1000),
    end: String(toMs / 1000),
    step: String(stepMs / 1000),
  })
  const timeoutMs = server.timeoutMs ?? usualTimeoutMs
  let response: Response | null = null
  let text: string
  const fail = (what: string, cause?: unknown): PrometheusError => {
    const message = withoutHeaders(`Prometheus at ${server.url}: ${what}`, server.headers)
    return new PrometheusError(message, response?.status ?? null, cause)
  }
  try {
    response = await ask(server, form, AbortSignal.timeout(timeoutMs))
    text = await textOf(response)
  } catch (cause) {
    const isTimeout = cause instanceof Error && cause.name === 'TimeoutError'
    throw fail(isTimeout ? `no answer in ${timeoutMs / 1000} s` : connectionError(cause), cause)
  }
  if (response.status >= 300 && response.status < 400) throw fail(redirectText(response))
  const body = parse(text)
  if (!response.ok || body?.status !== 'success') {
    const said = typeof body?.error === 'string' ? `: ${body.error.slice(0, 300)}` : ''
    throw fail(response.ok && body === null ? 'the answer is not JSON' : `HTTP ${response.status}${said}`)
  }
  const parsed = parseMatrix(body, { fromMs, toMs, stepMs })
  if (typeof parsed === 'string') throw fail(parsed)
  const { series, incomplete } = parsed
  if (series.length > mostSeries)
    throw fail(
      `${series.length} series, at most ${mostSeries} are read: aggregate them, for instance with max by (pod)`,
    )
  const partial = response.status === 206 ? 'HTTP 206 (partial content)' : incomplete
  return { series, incomplete: partial && withoutHeaders(partial, server.headers), skewMs: skewOf(response) }
}

/** By POST, since a query may be longer than an address; by GET where something on the way knows no POST. */
const ask = async ({ url, headers }: PrometheusServer, form: URLSearchParams, signal: AbortSignal) => {
  const address = new URL(url)
  address.pathname = `${address.pathname.replace(/\/+$/, '')}/api/v1/query_range`
  // A redirect could carry the headers to somebody else.
  const options = { headers, signal, redirect: 'manual' } as const
  const response = await fetch(address, { ...options, method: 'POST', body: form })
  if (response.status !== 405 && response.status !== 501) return response
  await response.body?.cancel()
  for (const [name, value] of form) address.searchParams.append(name, value)
  return await fetch(address, options)
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

const redirectText = (response: Response): string => {
  const to = URL.parse(response.headers.get('location') ?? '', response.url)
  return `HTTP ${response.status}, a redirect${to === null ? '' : ` to ${to.origin}${to.pathname}`}, which is not followed`
}

const parse = (text: string): Record<string, unknown> | null => {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null
  } catch {
    return null
  }
}

/** HTTP dates are whole seconds: half of one is the middle of what it can mean. */
const skewOf = (response: Response): number | null => {
  const atMs = Date.parse(response.headers.get('date') ?? '')
  return Number.isFinite(atMs) ? atMs + 500 - Date.now() : null
}
