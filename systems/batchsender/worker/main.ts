import { Counter, Gauge } from 'prom-client'
import { type BreakerState, CircuitBreaker } from '../../lib/circuit-breaker.ts'
import { startLeak } from '../../lib/leak.ts'
import { errorFields, makeLog } from '../../lib/log.ts'
import { makeRegistry, poolMetrics, readGauge } from '../../lib/metrics.ts'
import { openDatabase } from '../../lib/open-database.ts'
import { runPart } from '../../lib/part.ts'
import { listen, makeService } from '../../lib/service.ts'
import { openQueue } from '../dependencies.ts'
import { BatchSenderSettings } from '../settings.ts'
import { BatchProgress } from './batch-progress.ts'
import { consume } from './consume.ts'
import { processBatch } from './process-batch.ts'
import { makeSender } from './sender.ts'

const settings = new BatchSenderSettings(process.env)
const name = settings.text('INSTANCE', 'worker')
const log = makeLog(name)
const breakerValue: Record<BreakerState, number> = { closed: 0, 'half-open': 1, open: 2 }

await runPart(log, async () => {
  const database = openDatabase(settings, log)
  const queue = openQueue(settings, name, log)
  const progress = new BatchProgress(database)
  const stopping = new AbortController()
  const { signal } = stopping
  if (settings.has('leak')) startLeak()

  const register = makeRegistry()
  poolMetrics(register, database)
  readGauge(register, 'queue_depth', 'Batches that wait or are being sent', () => queue.depth())
  readGauge(register, 'stale_consumers', 'Consumers with work that nobody does', () => queue.staleConsumers())
  const sent = new Counter({
    name: 'emails_sent_total',
    help: 'Messages handed to the provider',
    registers: [register],
  })
  const inHand = new Gauge({ name: 'batches_in_hand', help: 'Batches this worker is sending', registers: [register] })
  const givenBack = new Counter({
    name: 'batches_given_back_total',
    help: 'Batches given back to the queue',
    registers: [register],
  })
  const breakerState = new Gauge({
    name: 'provider_breaker_state',
    help: '0 closed, 1 half-open, 2 open',
    registers: [register],
  })

  const breaker = new CircuitBreaker({
    failures: settings.option('breakerFailures'),
    resetMs: settings.option('breakerResetMs'),
    onChange: (state) => {
      breakerState.set(breakerValue[state])
      log.warn('provider breaker', { state })
    },
  })
  const send = makeSender({
    url: settings.text('PROVIDER_URL'),
    breaker,
    timeoutMs: settings.option('outboundTimeoutMs'),
    retries: settings.option('outboundRetries'),
    firstDelayMs: settings.option('outboundFirstDelayMs'),
    maxDelayMs: settings.option('outboundMaxDelayMs'),
  })

  const work = async (id: string) => {
    inHand.inc()
    try {
      await processBatch(id, {
        progress,
        send,
        signal,
        forgetful: settings.has('no-idempotency'),
        onSent: (messages) => sent.inc(messages),
      })
    } catch (error) {
      givenBack.inc()
      throw error
    } finally {
      inHand.dec()
    }
  }

  const stuckAfterMs = settings.option('stuckAfterMs')
  const scan = setInterval(() => {
    progress
      .requeueStuck(stuckAfterMs)
      .then((ids) => ids.length > 0 && log.warn('stuck batches queued again', { ids }))
      .catch((error: unknown) => log.warn('stuck-batch scan failed', errorFields(error)))
  }, settings.option('stuckScanMs'))

  const { app } = makeService({
    log,
    register,
    checks: { database: () => database.query('select 1'), queue: () => queue.check() },
  })
  const stopListening = await listen(app, settings)
  log.info('listening', { port: settings.port })
  const consuming = consume({
    queue,
    log,
    work,
    signal,
    concurrency: settings.option('workerConcurrency'),
    ackWaitMs: settings.option('ackWaitMs'),
    giveUp: (id) => progress.finish(id, 'failed'),
  })

  return [
    async () => stopping.abort(),
    async () => clearInterval(scan),
    () => consuming,
    stopListening,
    () => queue.close(),
    () => database.close(),
  ]
})
