import { retry } from '../../lib/backoff.ts'
import { EarlyAck } from '../../lib/early-ack.ts'
import { errorFields, makeLog } from '../../lib/log.ts'
import { makeRegistry, poolMetrics } from '../../lib/metrics.ts'
import { openDatabase } from '../../lib/open-database.ts'
import { Outbox } from '../../lib/outbox.ts'
import { runPart } from '../../lib/part.ts'
import { RateLimiter } from '../../lib/rate-limiter.ts'
import { limitBody, limitRate, requireContentType } from '../../lib/request-limits.ts'
import { listen, makeService } from '../../lib/service.ts'
import { openQueue } from '../dependencies.ts'
import { BatchSenderSettings } from '../settings.ts'
import { BatchStore } from './batch-store.ts'
import { publishBatches } from './publish-batches.ts'
import { addRoutes, type WaitingBatch } from './routes.ts'
import { createSchema } from './schema.ts'
import { webhookWriter } from './webhook-store.ts'

const settings = new BatchSenderSettings(process.env)
const log = makeLog('api')

await runPart(log, async () => {
  const database = openDatabase(settings, log)
  const queue = openQueue(settings, 'api', log)
  const register = makeRegistry()
  poolMetrics(register, database)

  const store = new BatchStore(database)
  const outbox = new Outbox({ publishSome: () => publishBatches(database, queue), log, everyMs: 1000 })
  const storeLate = async ({ batch }: WaitingBatch) => {
    await store.add(batch)
    outbox.kick()
  }
  const earlyAck = settings.has('ack-before-store') ? new EarlyAck(storeLate, log) : null

  let schemaReady = false
  const schema = async () => {
    if (!schemaReady) throw new Error('the tables are not there yet')
  }
  const { app, rateLimited } = makeService({
    log,
    register,
    checks: { database: () => database.query('select 1'), queue: () => queue.check(), schema },
  })
  const limiter = new RateLimiter({ limit: settings.option('rateLimitPerMinute'), windowMs: 60_000 })
  app.use(limitRate(limiter, rateLimited), requireContentType(['application/json']))
  app.use(limitBody(settings.option('maxBodyBytes')))
  addRoutes(app, {
    store,
    outbox,
    webhooks: webhookWriter(database),
    webhookSecret: settings.webhookSecret,
    earlyAck,
    acceptUnsigned: settings.has('unsigned-webhooks'),
  })

  const stopListening = await listen(app, settings)
  log.info('listening', { port: settings.port })
  void retry(() => createSchema(database), { retries: Number.POSITIVE_INFINITY, firstDelayMs: 100, maxDelayMs: 1000 })
    .then(() => {
      schemaReady = true
      return outbox.run()
    })
    .catch((error: unknown) => log.error('outbox ended', errorFields(error, true)))

  return [
    stopListening,
    async () => earlyAck?.flush(),
    async () => outbox.stop(),
    () => queue.close(),
    () => database.close(),
  ]
})
