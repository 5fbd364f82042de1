import { setTimeout as sleep } from 'node:timers/promises'
import { HttpError } from '../../lib/http-error.ts'
import { isText, parseObject } from '../../lib/json-body.ts'
import { Ledger } from '../../lib/ledger.ts'
import { makeLog } from '../../lib/log.ts'
import { makeRegistry } from '../../lib/metrics.ts'
import { runPart } from '../../lib/part.ts'
import { listen, makeService } from '../../lib/service.ts'
import { NovaCronSettings } from '../settings.ts'

const settings = new NovaCronSettings(process.env)
const log = makeLog(settings.name)

/** The host of one zone: takes its time for every step, does each once, and remembers what it did. */
await runPart(log, async () => {
  const ledger = new Ledger(settings.text('LEDGER_FILE'))
  const register = makeRegistry()
  settings.memoryMetric(register)
  const { app } = makeService({ log, register, checks: {} })
  app.post('/steps', async (c) => {
    const { step } = parseObject(await c.req.text())
    if (!isText(step, 500) || step === '') throw new HttpError(400, 'invalid', 'step: what is to be done')
    await sleep(settings.option('hostDelayMs'))
    ledger.accept(c.req.header('idempotency-key') ?? null, [step])
    // A step is done before its caller hears of it, as it is where virtual machines are real.
    await sleep(settings.option('hostDelayMs'))
    return c.json({ status: 'done' })
  })
  app.get('/stats', (c) => c.json({ steps: ledger.accepted, duplicates: ledger.duplicates, replayed: ledger.replayed }))

  const stopListening = await listen(app, settings)
  log.info('listening', { port: settings.port })
  return [stopListening]
})
