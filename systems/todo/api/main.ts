import { Counter } from 'prom-client'
import { EarlyAck } from '../../lib/early-ack.ts'
import { errorFields, makeLog } from '../../lib/log.ts'
import { makeRegistry, poolMetrics, readGauge } from '../../lib/metrics.ts'
import { openDatabase } from '../../lib/open-database.ts'
import { Outbox } from '../../lib/outbox.ts'
import { runPart } from '../../lib/part.ts'
import { RateLimiter } from '../../lib/rate-limiter.ts'
import { createSchema } from '../../lib/schema.ts'
import { listen, makeService } from '../../lib/service.ts'
import { TodoSettings } from '../settings.ts'
import type { Task } from '../task.ts'
import { publishEvent, publishEvents, unpublishedCount } from './publish-events.ts'
import { addRoutes } from './routes.ts'
import { statements } from './schema.ts'
import { TaskStore } from './task-store.ts'

const settings = new TodoSettings(process.env)
const log = makeLog('api')

await runPart(log, async () => {
  const database = openDatabase(settings, log)
  const events = settings.openEvents('api', log)
  const register = makeRegistry()
  poolMetrics(register, database)
  readGauge(register, 'queue_depth', 'Events that the broker has yet to be told', () => unpublishedCount(database))
  const changes = new Counter({
    name: 'tasks_changed_total',
    help: 'Tasks created, updated, completed and deleted',
    labelNames: ['change'],
    registers: [register],
  })
  const published = new Counter({ name: 'events_published_total', help: 'Events published', registers: [register] })

  const outbox = new Outbox({
    publishSome: async () => {
      const count = await publishEvents(database, events)
      published.inc(count)
      return count
    },
    log,
    everyMs: 1000,
  })
  const forgetful = settings.has('lost-events')
  const store = new TaskStore({
    database,
    markPublished: forgetful,
    slowList: settings.has('slow-list'),
    onChange: (change, event) => {
      changes.inc({ change })
      if (forgetful) publishEvent(events, event).catch((error: unknown) => log.warn('event lost', errorFields(error)))
      else outbox.kick()
    },
  })
  const earlyAck = settings.has('ack-before-store') ? new EarlyAck<Task>((task) => store.add(task), log) : null

  const schema = createSchema(database, 7202, statements)
  const { app } = makeService({
    log,
    register,
    checks: { database: () => database.query('select 1'), broker: () => events.check(), schema: schema.check },
  })
  addRoutes(app, {
    store,
    password: settings.text('TODO_PASSWORD'),
    tokenSecret: settings.tokenSecret,
    authLimiter: settings.has('no-auth-limit')
      ? null
      : new RateLimiter({ limit: settings.option('authLimitPerMinute'), windowMs: 60_000 }),
    earlyAck,
  })

  const stopListening = await listen(app, settings)
  schema.ready.then(() => outbox.run()).catch((error: unknown) => log.error('outbox ended', errorFields(error, true)))
  return [
    stopListening,
    async () => earlyAck?.flush(),
    async () => outbox.stop(),
    () => events.close(),
    () => database.close(),
  ]
})
