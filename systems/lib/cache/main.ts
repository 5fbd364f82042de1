import { HttpError } from '../http-error.ts'
import { makeLog } from '../log.ts'
import { makeRegistry, readGauge } from '../metrics.ts'
import { runPart } from '../part.ts'
import { PartSettings } from '../part-settings.ts'
import { listen, makeService } from '../service.ts'

/** Stands for Redis: texts by key that end after a time, in memory only; the oldest go when there are too many. */
const maxKeys = 50_000

const settings = new PartSettings(process.env, {})
const log = makeLog(settings.text('INSTANCE', 'cache'))

await runPart(log, async () => {
  const entries = new Map<string, { text: string; endsAtMs: number }>()
  const register = makeRegistry()
  const help = 'Keys held, those that have ended and were not asked for since included'
  readGauge(register, 'cache_keys', help, () => entries.size)

  const { app } = makeService({ log, register, checks: {} })
  app.get('/keys/:key', (c) => {
    const key = c.req.param('key')
    const entry = entries.get(key)
    if (entry && entry.endsAtMs > Date.now()) return c.text(entry.text)
    entries.delete(key)
    throw new HttpError(404, 'not_found', 'no such key')
  })
  app.put('/keys/:key', async (c) => {
    const key = c.req.param('key')
    const ttlMs = Number(c.req.query('ttlMs'))
    if (!(ttlMs > 0)) throw new HttpError(400, 'invalid', 'ttlMs: milliseconds above 0')
    entries.delete(key)
    entries.set(key, { text: await c.req.text(), endsAtMs: Date.now() + ttlMs })
    const oldest = entries.keys().next().value
    if (entries.size > maxKeys && oldest !== undefined) entries.delete(oldest)
    return c.body(null, 204)
  })
  app.delete('/keys/:key', (c) => {
    entries.delete(c.req.param('key'))
    return c.body(null, 204)
  })

  const stopListening = await listen(app, settings)
  log.info('listening', { port: settings.port })
  return [stopListening]
})
