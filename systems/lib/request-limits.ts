import { getConnInfo } from '@hono/node-server/conninfo'
import type { MiddlewareHandler } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import type { Counter } from 'prom-client'
import { HttpError } from './http-error.ts'
import type { RateLimiter } from './rate-limiter.ts'

/** 429 with `retry-after` for an address that asks too often. The socket's address: headers can be forged. */
export const limitRate =
  (limiter: RateLimiter, refused: Counter): MiddlewareHandler =>
  (c, next) => {
    const { retryAfterMs } = limiter.take(getConnInfo(c).remote.address ?? 'unknown')
    if (retryAfterMs === null) return next()
    refused.inc()
    throw new HttpError(429, 'rate_limited', 'too many requests from this address', {
      'retry-after': String(Math.ceil(retryAfterMs / 1000)),
    })
  }

const withBody = new Set(['POST', 'PUT', 'PATCH'])

/** 415 for POST, PUT and PATCH whose content type is not one of these. */
export const requireContentType =
  (known: string[]): MiddlewareHandler =>
  (c, next) => {
    if (!withBody.has(c.req.method)) return next()
    const type = (c.req.header('content-type') ?? '').split(';', 1)[0]?.trim().toLowerCase() ?? ''
    if (known.includes(type)) return next()
    throw new HttpError(415, 'unsupported_media_type', `content type must be one of: ${known.join(', ')}`)
  }

/** 413 for bodies over `maxBytes`, by their declared length or, without one, as they arrive. */
export const limitBody = (maxBytes: number): MiddlewareHandler =>
  bodyLimit({
    maxSize: maxBytes,
    onError: () => {
      throw new HttpError(413, 'too_large', `the body may have at most ${maxBytes} bytes`)
    },
  })
