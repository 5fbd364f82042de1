import exec from 'k6/execution'
import { Trend } from 'k6/metrics'
import { clearTimeout, setTimeout } from 'k6/timers'
import { defineScenario, type Iteration } from '../lib/define.ts'
import { eventClient } from '../lib/event-client.ts'
import { acknowledge, requestAsync } from '../lib/request.ts'
import { createSpec, loginAsync, missedAfterMs, taskSpec, timeoutMs } from '../lib/todo.ts'

/** From the request that changed a task until its event arrives. One that never arrives is a bad sample. */
const taskEvent = new Trend('task_event', true)

/** A change every so often, and then the wait for the last events. */
const everyMs = 1000
/** Every kind of event, none twice for a task. The first task stays, for the audit. */
const changes: [what: 'created' | 'updated' | 'completed' | 'deleted', task: number][] = [
  ['created', 0],
  ['created', 1],
  ['updated', 1],
  ['completed', 1],
  ['deleted', 1],
  ['completed', 0],
  ['created', 2],
  ['updated', 2],
  ['deleted', 2],
  ['updated', 0],
]
const countOf = (what: string) => changes.filter(([change]) => change === what).length

/** A timer that is left running would keep k6 in the iteration until it fires. */
const readyOrLate = async (ready: Promise<void>): Promise<void> => {
  let timer: number | undefined
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, missedAfterMs)
  })
  await Promise.race([ready, late])
  if (timer !== undefined) clearTimeout(timer)
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

/**
 * A session of one user: connects, changes tasks, and must be told of each change that was accepted. Both
 * ends are the load generator's, so the delay is measured on one clock.
 */
export default defineScenario({
  description: 'WebSocket clients that change tasks and must receive the event of each change',
  sli: 'WS /events',
  requests: {
    'POST /auth/login': 1,
    'WS /events': 1,
    'POST /tasks': countOf('created'),
    'PUT /tasks/:id': countOf('updated') + countOf('completed'),
    'DELETE /tasks/:id': countOf('deleted'),
  },
  samples: { task_event: { 'task event': changes.length } },
  longestIterationMs: changes.length * everyMs + 2 * timeoutMs + missedAfterMs,
  profiles: {
    smoke: { description: 'own rate: 10 clients at a time', seconds: 15, arrivals: { perSecond: 1 } },
    short: { description: 'own rate: 15 clients at a time', seconds: 60, arrivals: { perSecond: 1.5 } },
    full: { description: 'own rate: 100 clients at a time', seconds: 600, arrivals: { perSecond: 10 } },
  },
  run: async (iteration) => {
    const token = await loginAsync(iteration, iteration.writeId)
    if (token === null) return
    const sent = new Map<string, { atMs: number; acceptedYet: boolean; arrivedAtMs: number | null }>()
    const settle = (event: string) => {
      const change = sent.get(event)
      if (!change?.acceptedYet || change.arrivedAtMs === null) return
      taskEvent.add(change.arrivedAtMs - change.atMs, { name: 'task event', ok: 'true' })
      sent.delete(event)
    }
    const client = eventClient({
      url: `${webSocketUrl()}/events?token=${token}`,
      name: 'WS /events',
      connectTimeoutMs: timeoutMs,
      // The server pings every 2 s.
      silenceMs: 5_000,
      reconnectMs: 500,
      onEvent: ({ type, task }) => {
        const event = `${type} ${(task as { id: string }).id}`
        const known = sent.get(event)
        if (!known) return
        known.arrivedAtMs ??= Date.now()
        settle(event)
      },
    })
    await readyOrLate(client.ready)
    /** Nobody knows what became of them; a change of one that is not there would be our mistake. */
    const doubtful = new Set<number>()
    for (const [what, number] of changes) {
      if (exec.scenario.progress >= 1) break
      const id = number === 0 ? iteration.writeId : `${iteration.writeId}-${number}`
      const change = { atMs: Date.now(), acceptedYet: false, arrivedAtMs: null }
      if (!doubtful.has(number)) {
        const event = `task.${what} ${id}`
        sent.set(event, change)
        const { ok } = await requestAsync(specOf[what](iteration, token, id))
        if (ok && what === 'created' && number === 0) acknowledge(iteration.n)
        if (!ok) {
          sent.delete(event)
          doubtful.add(number)
        }
        change.acceptedYet = ok
        settle(event)
      }
      await pause(Math.max(0, change.atMs + everyMs - Date.now()))
    }
    const waitingSinceMs = Date.now()
    while (sent.size > 0 && Date.now() - waitingSinceMs < missedAfterMs) await pause(100)
    for (const { atMs } of sent.values()) {
      taskEvent.add(Date.now() - atMs, { name: 'task event', ok: 'false', error: 'never arrived' })
    }
    client.close()
  },
})

const specOf = {
  created: (iteration: Iteration, token: string, id: string) => createSpec(iteration, token, id, false),
  updated: (iteration: Iteration, token: string, id: string) =>
    taskSpec('PUT', iteration, token, id, { title: 'Feed the cat' }),
  completed: (iteration: Iteration, token: string, id: string) => taskSpec('PUT', iteration, token, id, { done: true }),
  deleted: (iteration: Iteration, token: string, id: string) => taskSpec('DELETE', iteration, token, id),
}

const webSocketUrl = (): string => {
  const url = __ENV.TODO_WEBSOCKET_URL
  if (url === undefined || url === '') throw new Error('TODO_WEBSOCKET_URL is not set')
  return url
}
