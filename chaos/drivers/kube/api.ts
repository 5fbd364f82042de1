import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http'
import { request as httpsRequest, type RequestOptions } from 'node:https'
import type { KubeConfig } from '@kubernetes/client-node'
import { HoldfastError } from '../../../model/errors.ts'

/** What the API server refused; `status` is that of HTTP, `reason` the server's word (`NotFound`, `Expired`). */
export class ApiError extends Error {
  readonly status: number
  readonly reason: string

  constructor(status: number, reason: string, message: string) {
    super(message)
    this.name = 'ApiError'
    this.status = status
    this.reason = reason
  }
}

/** True for an answer of that status. */
export const hasStatus = (error: unknown, status: number): boolean =>
  error instanceof ApiError && error.status === status

/** An answer, with the moments of this machine's clock between which it was made. */
export interface Answer<T> {
  body: T
  calledAtMs: number
  repliedAtMs: number
}

export type Method = 'GET' | 'POST' | 'PATCH' | 'DELETE'
export type Query = Record<string, string | number | boolean | undefined>

const answerDeadlineMs = 15_000
/** The server is asked to end a watch before this. */
const silenceDeadlineMs = 90_000

/** Names come from ledgers and clusters, too: one like `x/../../y` would lead to another object. */
const isPlainPath = (path: string): boolean => /^(\/[A-Za-z0-9:_~-][A-Za-z0-9.:_~-]*)+$/.test(path)

/**
 * The API server, by paths: one function serves core objects and custom resources alike. Who we are and whom
 * we trust (certificates, tokens that are renewed, exec plugins, proxies) is the Kubernetes client's to say.
 */
export class KubeApi {
  readonly server: string
  #config: KubeConfig
  #aheadMs = 0

  constructor(config: KubeConfig, server: string) {
    this.#config = config
    this.server = server.replace(/\/+$/, '')
  }

  get config(): KubeConfig {
    return this.#config
  }

  /** The time by the clock of the API server, to a second or two, from its last answer; ours before the first one. */
  serverNowMs(): number {
    return Date.now() + this.#aheadMs
  }

  /**
   * One call and its JSON answer.
   * @throws ApiError for an answer that is not 2xx; Error when none came.
   */
  async call<T>(method: Method, path: string, options: { query?: Query; body?: unknown } = {}): Promise<Answer<T>> {
    const calledAtMs = Date.now()
    const response = await this.#send(method, path, options, AbortSignal.timeout(answerDeadlineMs))
    const text = await textOf(response)
    const repliedAtMs = Date.now()
    if (!isGood(response)) throw errorOf(response, text)
    return { body: JSON.parse(text) as T, calledAtMs, repliedAtMs }
  }

  async get<T>(path: string, query: Query = {}): Promise<T> {
    return (await this.call<T>('GET', path, { query })).body
  }

  /** JSON documents of a watch, as they come, until the server ends it. @throws as `call`. */
  async *watch<T>(path: string, query: Query, signal: AbortSignal): AsyncGenerator<T> {
    const silence = new AbortController()
    const timer = setTimeout(() => silence.abort(new Error('the watch fell silent')), silenceDeadlineMs)
    try {
      const any = AbortSignal.any([signal, silence.signal])
      const response = await this.#send('GET', path, { query: { ...query, watch: true } }, any)
      if (!isGood(response)) throw errorOf(response, await textOf(response))
      let rest = ''
      for await (const chunk of response.setEncoding('utf8') as AsyncIterable<string>) {
        timer.refresh()
        const lines = (rest + chunk).split('\n')
        rest = lines.pop() ?? ''
        for (const line of lines) if (line !== '') yield JSON.parse(line) as T
      }
    } finally {
      clearTimeout(timer)
    }
  }

  async #send(
    method: Method,
    path: string,
    { query = {}, body }: { query?: Query; body?: unknown },
    signal: AbortSignal,
  ): Promise<IncomingMessage> {
    if (!isPlainPath(path))
      throw new HoldfastError(`"${path}" is no path of objects: a name in it is none of Kubernetes`)
    const url = new URL(this.server + path)
    for (const [name, value] of Object.entries(query))
      if (value !== undefined) url.searchParams.set(name, String(value))
    const options: RequestOptions = { method, signal }
    await this.#config.applyToHTTPSOptions(options)
    options.headers = {
      ...options.headers,
      Accept: 'application/json',
      'User-Agent': 'holdfast',
      ...(body === undefined ? {} : { 'Content-Type': contentTypes[method] ?? 'application/json' }),
    }
    const send = url.protocol === 'https:' ? httpsRequest : httpRequest
    return await new Promise((resolve, reject) => {
      const request: ClientRequest = send(url, options)
      request.on('response', (response) => {
        const atMs = Date.parse(response.headers.date ?? '')
        if (Number.isFinite(atMs)) this.#aheadMs = atMs - Date.now()
        resolve(response)
      })
      request.on('error', reject)
      request.end(body === undefined ? undefined : JSON.stringify(body))
    })
  }
}

const contentTypes: Partial<Record<Method, string>> = { PATCH: 'application/merge-patch+json' }

const isGood = ({ statusCode = 0 }: IncomingMessage): boolean => statusCode >= 200 && statusCode < 300

const textOf = async (response: IncomingMessage): Promise<string> => {
  let text = ''
  for await (const chunk of response.setEncoding('utf8') as AsyncIterable<string>) text += chunk
  return text
}

const errorOf = ({ statusCode = 0, statusMessage }: IncomingMessage, text: string): ApiError => {
  try {
    const { reason, message } = JSON.parse(text) as { reason?: string; message?: string }
    return new ApiError(statusCode, reason ?? '', message ?? text)
  } catch {
    return new ApiError(statusCode, '', `HTTP ${statusCode} ${text.trim().slice(0, 200) || statusMessage}`)
  }
}
