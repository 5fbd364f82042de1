import { sleep } from 'k6'
import { Trend } from 'k6/metrics'
import type { Iteration } from './define.ts'
import { acknowledge, request } from './request.ts'

/** GameMetrics' endpoints as requests with names, timeouts and expected answers. */

export const timeoutMs = 3_000
/** Documented: "dashboard lag < 30 s". */
export const lagLimitMs = 30_000
const players = 10_000

const json = { 'content-type': 'application/json' }
const field = (value: unknown, key: string): unknown =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[key] : undefined

const setting = (name: string): string => {
  const value = __ENV[name]
  if (value === undefined || value === '') throw new Error(`${name} is not set`)
  return value
}

/** From the request that sent a batch until the dashboards' read model has it. */
const dashboardLag = new Trend('dashboard_lag', true)

/** Spread over all players; the same for the same number. */
export const playerOf = (n: number): string => `player-${(n * 7919) % players}`

/** The events of batches by their size and one of ten starts: made once per virtual user, as they cost more than sending. */
const prepared = new Map<string, string>()

const eventsOf = (n: number, size: number): string => {
  const start = n % 10
  const key = `${size}/${start}`
  let events = prepared.get(key)
  if (events === undefined) {
    const each = (_: unknown, i: number) => ({
      player: playerOf(start * 1000 + i),
      type: 'score',
      value: (i * 31) % 500,
    })
    events = JSON.stringify(Array.from({ length: size }, each))
    prepared.set(key, events)
  }
  return events
}

/** POST /events: a batch of so many events. True when it was accepted. */
export const postEvents = ({ n, writeId, baseUrl }: Iteration, size: number): boolean => {
  const { ok } = request({
    name: 'POST /events',
    method: 'POST',
    url: `${baseUrl}/events`,
    headers: json,
    body: `{"id":"${writeId}","events":${eventsOf(n, size)}}`,
    timeoutMs,
    expect: [202],
    check: (body) => (field(body, 'events') === size ? null : 'answer names another number of events'),
  })
  if (ok) acknowledge(n)
  return ok
}

/** Asks until the read model has the batch, also when the load is over. */
export const followBatch = ({ writeId }: Iteration, sinceMs: number): void => {
  while (true) {
    const { status } = request({
      name: 'GET /batches/:id counted',
      method: 'GET',
      url: `${setting('GAMEMETRICS_USERS_URL')}/batches/${writeId}`,
      timeoutMs,
      expect: [200, 404],
    })
    const elapsedMs = Date.now() - sinceMs
    const isLate = elapsedMs >= lagLimitMs
    if (status === 200 || isLate) {
      const error = isLate ? { error: 'not there within 30 s' } : {}
      dashboardLag.add(elapsedMs, { name: 'dashboard lag', ok: String(!isLate), ...error })
      return
    }
    sleep(0.25)
  }
}

export const getPlayer = (n: number): void => {
  const player = playerOf(n)
  request({
    name: 'GET /players/:player',
    method: 'GET',
    url: `${setting('GAMEMETRICS_USERS_URL')}/players/${player}`,
    timeoutMs,
    expect: [200],
    check: (body) => (field(body, 'player') === player ? null : 'answer names another player'),
  })
}

export const getDashboard = (): void => {
  request({
    name: 'GET /dashboard',
    method: 'GET',
    url: `${setting('GAMEMETRICS_USERS_URL')}/dashboard`,
    timeoutMs,
    expect: [200],
    check: (body) =>
      typeof field(field(body, 'lastMinute'), 'batches') === 'number' ? null : 'says nothing of the last minute',
  })
}

export const predict = (n: number): void => {
  request({
    name: 'POST /predictions',
    method: 'POST',
    url: `${setting('GAMEMETRICS_RECOMMENDATIONS_URL')}/predictions`,
    headers: json,
    body: JSON.stringify({ player: playerOf(n) }),
    timeoutMs,
    expect: [200],
    check: (body) => (Array.isArray(field(body, 'items')) ? null : 'no items'),
  })
}
