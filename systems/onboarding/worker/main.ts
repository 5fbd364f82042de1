import { setTimeout as sleep } from 'node:timers/promises'
import { errorFields, makeLog } from '../../lib/log.ts'
import { makeRegistry, poolMetrics, readGauge } from '../../lib/metrics.ts'
import { openDatabase } from '../../lib/open-database.ts'
import { runPart } from '../../lib/part.ts'
import { listen, makeService } from '../../lib/service.ts'
import { OnboardingSettings } from '../settings.ts'
import { type CaseEvent, handleEvent } from './steps.ts'
import { Webhooks } from './webhooks.ts'

const settings = new OnboardingSettings(process.env)
const log = makeLog(settings.name)

await runPart(log, async () => {
  const database = openDatabase(settings, log)
  const events = settings.openEvents(log)
  const stopping = new AbortController()
  const durable = 'workers'

  const register = makeRegistry()
  poolMetrics(register, database)
  readGauge(register, 'consumer_lag', 'Events that the workers have yet to confirm', () => events.lag(durable))

  const steps = {
    database,
    caseLog: settings.openCaseLog(database, log),
    cache: settings.openCache(log),
    webhooks: new Webhooks(settings, log),
    scan: () => sleep(settings.option('scanMs')),
  }
  const handle = async (data: string, deliveries: number) => {
    const event = JSON.parse(data) as CaseEvent
    try {
      await handleEvent(event, steps)
    } catch (error) {
      // As if the first failure of a webhook were the last word.
      if (event.action !== 'case.decided' || !settings.has('no-webhook-retries')) throw error
      log.error('webhook dropped', { id: event.id, deliveries, ...errorFields(error) })
    }
  }

  const checks = { database: () => database.query('select 1'), queue: () => events.check() }
  const { app } = makeService({ log, register, checks })
  const stopListening = await listen(app, settings)
  log.info('listening', { port: settings.port })
  const consuming = events.consume({
    durable,
    handle,
    concurrency: settings.option('workerConcurrency'),
    ackWaitMs: settings.option('ackWaitMs'),
    signal: stopping.signal,
  })

  return [
    async () => stopping.abort(),
    () => consuming,
    stopListening,
    () => steps.caseLog.flush(log),
    () => events.close(),
    () => database.close(),
  ]
})
