import type { ContentfulStatusCode } from 'hono/utils/http-status'

/** An answer that is not a success. Its message goes to the client, so it names nothing internal. */
export class HttpError extends Error {
  readonly status: ContentfulStatusCode
  /** Stable word for programs: `rate_limited`, `invalid_json`, ... */
  readonly code: string
  readonly headers: Record<string, string>

  constructor(status: ContentfulStatusCode, code: string, message: string, headers: Record<string, string> = {}) {
    super(message)
    this.name = 'HttpError'
    this.status = status
    this.code = code
    this.headers = headers
  }
}

/** Something this part depends on cannot be reached or does not answer in time: 503, worth another try. */
export class UnavailableError extends Error {
  readonly dependency: string

  constructor(dependency: string, cause: unknown) {
    super(`${dependency} is unavailable`, { cause })
    this.name = 'UnavailableError'
    this.dependency = dependency
  }
}
