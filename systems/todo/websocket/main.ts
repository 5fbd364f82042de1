import { makeLog } from '../../lib/log.ts'
import { makeRegistry, readGauge } from '../../lib/metrics.ts'
import { runPart } from '../../lib/part.ts'
import { listen, makeService } from '../../lib/service.ts'
import { WebSocketHub } from '../../lib/web-socket-hub.ts'
import { TodoSettings } from '../settings.ts'
import type { TaskEvent } from '../task.ts'
import { userOf } from '../token.ts'
import { Replay } from './replay.ts'

const settings = new TodoSettings(process.env)
const log = makeLog('websocket')

/**
 * `GET /events?token=&since=`: says hello with the newest sequence, then every event of the user's tasks
 * as `{ sequence, type, task }`. A client that comes back names the last sequence it has and gets the rest.
 */
await runPart(log, async () => {
  const events = settings.openEvents('websocket', log)
  const register = makeRegistry()
  const replay = new Replay(settings.option('replayMs'))
  const hub = new WebSocketHub({
    authorize: (url) => userOf(settings.tokenSecret, url.searchParams.get('token') ?? ''),
    greet: (user, url) => {
      const since = Number(url.searchParams.get('since') ?? Number.NaN)
      const hello = JSON.stringify({ sequence: since || replay.sequence, type: 'hello' })
      const resumes = Number.isFinite(since) && !settings.has('ws-forgets')
      return [hello, ...(resumes ? replay.since(user, since) : [])]
    },
    maxWaitingBytes: 1_000_000,
    pingEveryMs: settings.option('pingEveryMs'),
  })
  readGauge(register, 'websocket_connections', 'Clients connected', () => hub.connections)
  readGauge(register, 'websocket_messages_total', 'Messages handed to clients', () => hub.messages)

  const stopping = new AbortController()
  const caughtUp = Promise.withResolvers<void>()
  const following = events.follow({
    sinceMs: settings.option('replayMs'),
    onEvent: ({ sequence, data }) => {
      const { type, task } = JSON.parse(data) as TaskEvent
      const message = JSON.stringify({ sequence, type, task })
      replay.add(task.owner, sequence, message)
      hub.send(task.owner, message)
    },
    onCaughtUp: () => caughtUp.resolve(),
    signal: stopping.signal,
  })
  // A client that came earlier would be told of events that it has.
  await caughtUp.promise

  const { app } = makeService({ log, register, checks: { broker: () => events.check() } })
  const stopListening = await listen(app, settings, hub.upgrade)
  return [async () => stopping.abort(), () => hub.close(), stopListening, () => following, () => events.close()]
})
