import { setTimeout as sleep } from 'node:timers/promises'
import { Counter } from 'prom-client'
import { HttpError } from '../../lib/http-error.ts'
import { Ledger } from '../../lib/ledger.ts'
import { makeLog } from '../../lib/log.ts'
import { makeRegistry, readGauge } from '../../lib/metrics.ts'
import { runPart } from '../../lib/part.ts'
import { listen, makeService } from '../../lib/service.ts'
import { BatchSenderSettings } from '../settings.ts'
import { Callbacks } from './callbacks.ts'

/** One call of a sender: up to 500 messages with the same content. `ref` is the sender's name for a message. */
interface SendRequest {
  from: string
  subject: string
  body: string
  messages: { ref: string; to: string }[]
}

const settings = new BatchSenderSettings(process.env)
const log = makeLog('provider')

await runPart(log, async () => {
  /** Changed through `POST /control`. */
  const control = { delayMs: settings.option('providerDelayMs'), failRatio: 0, down: false }
  const ledger = new Ledger(settings.text('LEDGER_FILE'))
  const callbacks = new Callbacks({
    url: settings.text('WEBHOOK_URL'),
    secret: settings.webhookSecret,
    perSecond: settings.option('callbacksPerSecond'),
    timeoutMs: 2000,
    log,
  })

  const register = makeRegistry()
  const { app } = makeService({ log, register, checks: {} })
  readGauge(register, 'emails_accepted_total', 'Messages accepted, restarts included', () => ledger.accepted)
  readGauge(register, 'duplicates_total', 'Messages accepted again after their first time', () => ledger.duplicates)
  readGauge(register, 'callbacks_waiting', 'Deliveries not reported yet', () => callbacks.waiting)
  const refused = new Counter({ name: 'sends_refused_total', help: 'Calls answered 503', registers: [register] })

  app.post('/send', async (c) => {
    const { messages } = await c.req.json<SendRequest>()
    await sleep(control.delayMs)
    if (control.down || Math.random() < control.failRatio) {
      refused.inc()
      throw new HttpError(503, 'down', 'the provider is down')
    }
    // From here to the answer nothing waits, so two calls with one key cannot both be new.
    const refs = messages.map(({ ref }) => ref)
    const isNew = ledger.accept(c.req.header('idempotency-key') ?? null, refs)
    if (isNew) callbacks.delivered(refs)
    return c.json({ accepted: refs.length, replayed: !isNew })
  })

  app.post('/control', async (c) => {
    const { delayMs, failRatio, down } = await c.req.json<Partial<typeof control>>()
    if (typeof delayMs === 'number') control.delayMs = delayMs
    if (typeof failRatio === 'number') control.failRatio = failRatio
    if (typeof down === 'boolean') control.down = down
    log.info('control', control)
    return c.json(control)
  })

  app.get('/stats', (c) => {
    const { accepted, messages, duplicates, replayed } = ledger
    const { sent, failed, dropped, waiting } = callbacks
    return c.json({ accepted, messages, duplicates, replayed, callbacks: { sent, failed, dropped, waiting } })
  })

  const stopListening = await listen(app, settings)
  log.info('listening', { port: settings.port })
  return [stopListening, async () => callbacks.stop()]
})
