import { createServer, type IncomingMessage } from 'node:http'
import type { Duplex } from 'node:stream'
import { getRequestListener } from '@hono/node-server'
import { Hono } from 'hono'
import { routePath } from 'hono/route'
import type { Registry } from 'prom-client'
import { OverloadedError } from './group-writer.ts'
import { HttpError, UnavailableError } from './http-error.ts'
import { errorFields, type Log } from './log.ts'
import { requestMetrics } from './metrics.ts'
import { within } from './within.ts'

export interface ServiceOptions {
  log: Log
  register: Registry
  /** What the service needs to do its work, by name; each throws or hangs when it is not there. */
  checks: Record<string, () => Promise<unknown>>
}

/** How long `/health/ready` waits for its checks. */
const readyWithinMs = 900

/**
 * A Hono app with what every part has: `/health/live`, `/health/ready`, `/metrics`, request
 * durations, and errors as `{ error, code }` that tell a client nothing of the inside.
 */
export const makeService = ({ log, register, checks }: ServiceOptions) => {
  const app = new Hono()
  const metrics = requestMetrics(register)

  app.use(async (c, next) => {
    const end = metrics.duration.startTimer()
    await next()
    end({ method: c.req.method, route: routePath(c, -1), status: `${Math.floor(c.res.status / 100)}xx` })
  })

  app.get('/health/live', (c) => c.json({ status: 'live' }))
  app.get('/health/ready', async (c) => {
    const names = Object.keys(checks)
    const results = await Promise.allSettled(
      names.map((name) => within(readyWithinMs, name, checks[name]?.() ?? Promise.resolve())),
    )
    const state = Object.fromEntries(names.map((name, i) => [name, results[i]?.status === 'fulfilled' ? 'up' : 'down']))
    const ready = results.every(({ status }) => status === 'fulfilled')
    return c.json({ status: ready ? 'ready' : 'not ready', checks: state }, ready ? 200 : 503)
  })
  app.get('/metrics', async (c) => c.text(await register.metrics(), 200, { 'content-type': register.contentType }))

  app.notFound((c) => c.json({ error: 'no such address', code: 'not_found' }, 404))
  app.onError((error, c) => {
    if (error instanceof HttpError) {
      return c.json({ error: error.message, code: error.code }, error.status, error.headers)
    }
    if (error instanceof UnavailableError || error instanceof OverloadedError) {
      log.warn('request refused', { path: c.req.path, ...errorFields(error) })
      const code = error instanceof UnavailableError ? 'unavailable' : 'overloaded'
      return c.json({ error: 'the service cannot do this now, try again', code }, 503, { 'retry-after': '1' })
    }
    log.error('request failed', { path: c.req.path, ...errorFields(error, true) })
    return c.json({ error: 'internal error', code: 'internal' }, 500)
  })

  return { app, rateLimited: metrics.rateLimited }
}

/** Takes over a connection that asks for another protocol, as WebSocket clients do. */
export type OnUpgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => void

/** Listens; the result stops taking connections and waits for the answers under way. */
export const listen = async (
  app: Hono,
  { host, port }: { host: string; port: number },
  onUpgrade?: OnUpgrade,
): Promise<() => Promise<void>> => {
  // Room for 1,000 ids in an address.
  const server = createServer(
    { maxHeaderSize: 256 * 1024 },
    getRequestListener(app.fetch, { overrideGlobalObjects: false }),
  )
  // Longer than the idle time-out of usual clients and proxies, so that they close first.
  server.keepAliveTimeout = 65_000
  if (onUpgrade) server.on('upgrade', onUpgrade)
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
  return () =>
    new Promise((resolve) => {
      // A connection whose answer is under way becomes idle later, and would then stay for the keep-alive's 65 s.
      const sweep = setInterval(() => server.closeIdleConnections(), 20)
      server.close(() => {
        clearInterval(sweep)
        resolve()
      })
      server.closeIdleConnections()
    })
}
