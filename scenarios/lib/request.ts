import exec from 'k6/execution'
import type { RefinedResponse, ResponseType } from 'k6/http'
import http from 'k6/http'
import { Counter, Trend } from 'k6/metrics'
import { failureName } from '../../model/k6-errors.ts'

// The names are those of model/window.ts, which k6 cannot import at run time without its neighbours.
const requests = new Trend('holdfast_request', true)
const started = new Counter('holdfast_started')
const acknowledged = new Counter('holdfast_ack')
const shortened = new Counter('holdfast_cut_short')

/** One request, and what is right as its answer. */
export interface RequestSpec {
  /** Name in reports and SLOs: `POST /batches`. Never holds an id. */
  name: string
  method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  url: string
  body?: string
  headers?: Record<string, string>
  /** Always given: k6's default of 60 s lets a hung server take every virtual user. */
  timeoutMs: number
  /** Statuses that are right; every other one, and no answer, is not ok. */
  expect: readonly number[]
  /** Looks at the parsed JSON of an expected answer: a few words on what is wrong, or null. */
  check?: (body: unknown) => string | null
}

/** The answer, as far as scenarios need it. */
export interface Answer {
  /** 0 = no response. */
  status: number
  ok: boolean
  /** Parsed JSON when the request had a `check` and the status was expected; else undefined. */
  body: unknown
}

/**
 * Sends a request and adds it to `holdfast_request`. Elapsed time is taken around the call, because
 * k6's own duration of a request that failed to connect is near 0; an answered request has the finer
 * figures of k6's timings, over the same span.
 */
export const request = (spec: RequestSpec): Answer => {
  const startedAtMs = Date.now()
  return record(spec, startedAtMs, http.request(spec.method, spec.url, spec.body ?? null, paramsOf(spec)))
}

/** The same without blocking: for iterations that listen to a WebSocket meanwhile. */
export const requestAsync = async (spec: RequestSpec): Promise<Answer> => {
  const startedAtMs = Date.now()
  const response = await http.asyncRequest(spec.method, spec.url, spec.body ?? null, paramsOf(spec))
  return record(spec, startedAtMs, response)
}

const paramsOf = (spec: RequestSpec) => ({
  headers: spec.headers ?? {},
  timeout: spec.timeoutMs,
  redirects: 0,
  tags: { name: spec.name },
  responseType: spec.check ? ('text' as const) : ('none' as const),
  responseCallback: expecting(spec.expect),
})

const record = (spec: RequestSpec, startedAtMs: number, response: RefinedResponse<ResponseType>): Answer => {
  const clockMs = Date.now() - startedAtMs
  const answered = isAnswered(response)
  const status = answered ? response.status : 0
  const { body, error } = judge(spec, response, status)
  addRequest(spec.name, answered ? response.timings.blocked + response.timings.duration : clockMs, status, error)
  return { status, ok: error === null, body }
}

/** Adds a request that was not HTTP, or not k6's: `status` 0 = no answer; `error` null = ok. */
export const addRequest = (name: string, elapsedMs: number, status: number, error: string | null): void =>
  requests.add(elapsedMs, {
    name,
    status: String(status),
    ok: String(error === null),
    ...(error === null ? {} : { error }),
  })

/** Counts the iteration as started, at once: what is due and not completed is in flight. */
export const iterationStarted = (): void => started.add(1)

/**
 * Tells that this iteration leaves out what its scenario declares, and that this is right: what it waited for was
 * refused or rolled back, say. Requests that failed tell so themselves.
 */
export const cutShort = (): void => shortened.add(1)

/**
 * Tells that the system acknowledged write number `n` of this scenario. The number travels as
 * metadata: as a tag it would make a series of its own.
 */
export const acknowledge = (n: number): void => {
  exec.vu.metrics.metadata.write = String(n)
  acknowledged.add(1)
  delete exec.vu.metrics.metadata.write
}

/** False when there is no whole response: k6's error codes below 1400 are failures on the way. */
const isAnswered = (response: RefinedResponse<ResponseType>): boolean =>
  response.status !== 0 && (response.error_code === 0 || response.error_code >= 1400)

const judge = (
  spec: RequestSpec,
  response: RefinedResponse<ResponseType>,
  status: number,
): { body: unknown; error: string | null } => {
  if (status === 0) return { body: undefined, error: failureName(response.error_code, response.error) }
  if (!spec.expect.includes(status)) return { body: undefined, error: `status ${status}` }
  if (!spec.check) return { body: undefined, error: null }
  let body: unknown
  try {
    body = JSON.parse(String(response.body))
  } catch {
    return { body: undefined, error: 'not JSON' }
  }
  return { body, error: spec.check(body) }
}

const callbacks: Record<string, ReturnType<typeof http.expectedStatuses>> = {}

const expecting = (statuses: readonly number[]): ReturnType<typeof http.expectedStatuses> => {
  const key = statuses.join()
  callbacks[key] ??= http.expectedStatuses(...statuses)
  return callbacks[key]
}
