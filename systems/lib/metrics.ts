import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from 'prom-client'
import type { Database } from './postgres.ts'

/** A registry with Node's own figures: process_* and nodejs_*, event loop lag among them. */
export const makeRegistry = (): Registry => {
  const register = new Registry()
  collectDefaultMetrics({ register })
  return register
}

/** Requests by method, route and status class; the seconds are the server's own view. */
export const requestMetrics = (register: Registry) => ({
  duration: new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from request to answer as the server sees it',
    labelNames: ['method', 'route', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5],
    registers: [register],
  }),
  rateLimited: new Counter({
    name: 'http_requests_rate_limited_total',
    help: 'Requests answered 429',
    registers: [register],
  }),
})

/** Connections of the pool: all, idle, and requests that wait for one. */
export const poolMetrics = (register: Registry, { pool }: Database): void => {
  const gauge = (name: string, help: string, read: () => number) => readGauge(register, name, help, read)
  gauge('db_pool_connections', 'Open database connections', () => pool.totalCount)
  gauge('db_pool_idle', 'Open database connections that are idle', () => pool.idleCount)
  gauge('db_pool_waiting', 'Requests that wait for a database connection', () => pool.waitingCount)
  gauge(
    'db_pool_used_ratio',
    'Busy connections as a share of the most there may be',
    () => (pool.totalCount - pool.idleCount) / pool.options.max,
  )
}

/**
 * A gauge that is read when it is asked for, perhaps from somewhere that does not answer. Then it has no sample at all:
 * an old value would look like a measured one.
 */
export const readGauge = (
  register: Registry,
  name: string,
  help: string,
  read: () => number | Promise<number>,
): void => {
  new Gauge({
    name,
    help,
    registers: [register],
    async collect() {
      try {
        this.set(await read())
      } catch {
        this.remove()
      }
    },
  })
}
