import exec from 'k6/execution'
import { Trend } from 'k6/metrics'
import { clearTimeout, setTimeout } from 'k6/timers'
import { defineScenario } from '../lib/define.ts'
import { eventClient } from '../lib/event-client.ts'
import { acknowledge, requestAsync } from '../lib/request.ts'
import { createSpec, loginAsync, missedAfterMs, timeoutMs } from '../lib/todo.ts'

/** From the request that made a task until its event arrives. One that never arrives is a bad sample. */
const taskEvent = new Trend('task_event', true)

/** One task every so often, so many of them, and then the wait for the last events. */
const everyMs = 1000
const tasksPerSession = 10

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
 * A session of one user: connects, makes tasks, and must be told of each one that was accepted. Both ends
 * are the load generator's, so the delay is measured on one clock.
 */
export default defineScenario({
  description: 'WebSocket clients that make tasks and must receive the event of each',
  sli: 'WS /events',
  requests: { 'POST /auth/login': 1, 'WS /events': 1, 'POST /tasks': tasksPerSession },
  samples: { task_event: { 'task event': tasksPerSession } },
  longestIterationMs: tasksPerSession * everyMs + 2 * timeoutMs + missedAfterMs,
  profiles: {
    smoke: { description: 'own rate: 10 clients at a time', seconds: 15, arrivals: { perSecond: 1 } },
    short: { description: 'own rate: 15 clients at a time', seconds: 60, arrivals: { perSecond: 1.5 } },
    full: { description: 'own rate: 100 clients at a time', seconds: 600, arrivals: { perSecond: 10 } },
  },
  run: async (iteration) => {
    const token = await loginAsync(iteration, iteration.writeId)
    if (token === null) return
    const sent = new Map<string, { atMs: number; acceptedYet: boolean; arrivedAtMs: number | null }>()
    const settle = (id: string) => {
      const task = sent.get(id)
      if (!task?.acceptedYet || task.arrivedAtMs === null) return
      taskEvent.add(task.arrivedAtMs - task.atMs, { name: 'task event', ok: 'true' })
      sent.delete(id)
    }
    const client = eventClient({
      url: `${webSocketUrl()}/events?token=${token}`,
      name: 'WS /events',
      connectTimeoutMs: timeoutMs,
      // The server pings every 2 s.
      silenceMs: 5_000,
      reconnectMs: 500,
      onEvent: ({ type, task }) => {
        const { id } = task as { id: string }
        const known = sent.get(id)
        if (!known || type !== 'task.created') return
        known.arrivedAtMs ??= Date.now()
        settle(id)
      },
    })
    await readyOrLate(client.ready)
    for (let i = 0; i < tasksPerSession && exec.scenario.progress < 1; i++) {
      const id = i === 0 ? iteration.writeId : `${iteration.writeId}-${i}`
      const task = { atMs: Date.now(), acceptedYet: false, arrivedAtMs: null }
      sent.set(id, task)
      const { ok } = await requestAsync(createSpec(iteration, token, id, false))
      if (!ok) sent.delete(id)
      else if (i === 0) acknowledge(iteration.n)
      task.acceptedYet = ok
      settle(id)
      await pause(Math.max(0, task.atMs + everyMs - Date.now()))
    }
    const waitingSinceMs = Date.now()
    while (sent.size > 0 && Date.now() - waitingSinceMs < missedAfterMs) await pause(100)
    for (const { atMs } of sent.values()) {
      taskEvent.add(Date.now() - atMs, { name: 'task event', ok: 'false', error: 'never arrived' })
    }
    client.close()
  },
})

const webSocketUrl = (): string => {
  const url = __ENV.TODO_WEBSOCKET_URL
  if (url === undefined || url === '') throw new Error('TODO_WEBSOCKET_URL is not set')
  return url
}
