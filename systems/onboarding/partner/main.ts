import { Counter } from 'prom-client'
import { HttpError } from '../../lib/http-error.ts'
import { parseObject } from '../../lib/json-body.ts'
import { Ledger } from '../../lib/ledger.ts'
import { makeLog } from '../../lib/log.ts'
import { makeRegistry } from '../../lib/metrics.ts'
import { runPart } from '../../lib/part.ts'
import { listen, makeService } from '../../lib/service.ts'
import { verifySignature } from '../../lib/signature.ts'
import { OnboardingSettings } from '../settings.ts'

const settings = new OnboardingSettings(process.env)
const log = makeLog(settings.name)

/** Takes the webhooks: looks at each signature, refuses some first tries, and remembers what it was told. */
await runPart(log, async () => {
  const ledger = new Ledger(settings.text('LEDGER_FILE'))
  const refusesEvery = settings.option('partnerRefusesEvery')
  const refusedOnce = new Set<string>()
  let firstTries = 0

  const register = makeRegistry()
  const badlySigned = new Counter({
    name: 'webhooks_badly_signed_total',
    help: 'Webhooks without a right signature',
    registers: [register],
  })
  const { app } = makeService({ log, register, checks: {} })
  app.post('/webhooks', async (c) => {
    const body = new Uint8Array(await c.req.arrayBuffer())
    if (!verifySignature(settings.webhookSecret, body, c.req.header('x-signature'))) {
      badlySigned.inc()
      throw new HttpError(401, 'bad_signature', 'the signature is missing or wrong')
    }
    const { id, reference } = parseObject(new TextDecoder().decode(body))
    if (!refusedOnce.delete(String(id)) && ++firstTries % refusesEvery === 0) {
      refusedOnce.add(String(id))
      throw new HttpError(503, 'busy', 'try again')
    }
    // The same event again is what a sender does that did not hear the answer; another event for the same
    // case is a decision that was taken twice.
    ledger.accept(String(id), [String(reference)])
    return c.json({ status: 'taken' })
  })
  app.get('/stats', (c) =>
    c.json({ accepted: ledger.accepted, duplicates: ledger.duplicates, replayed: ledger.replayed }),
  )

  const stopListening = await listen(app, settings)
  log.info('listening', { port: settings.port })
  return [stopListening]
})
