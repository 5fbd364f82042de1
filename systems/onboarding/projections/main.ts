import { HttpError } from '../../lib/http-error.ts'
import { makeLog } from '../../lib/log.ts'
import { makeRegistry, poolMetrics } from '../../lib/metrics.ts'
import { openDatabase } from '../../lib/open-database.ts'
import { runPart } from '../../lib/part.ts'
import { listen, makeService } from '../../lib/service.ts'
import { OnboardingSettings } from '../settings.ts'

const settings = new OnboardingSettings(process.env)
const log = makeLog(settings.name)

/** Reads of cases as the workers have summed them up: from the cache, or without it from the database. */
await runPart(log, async () => {
  const database = openDatabase(settings, log)
  const cache = settings.openCache(log)
  const register = makeRegistry()
  poolMetrics(register, database)

  const { app } = makeService({ log, register, checks: { database: () => database.query('select 1') } })
  app.get('/projections/cases/:id', async (c) => {
    const id = c.req.param('id')
    const view = /^[\w-]{1,100}$/.test(id)
      ? await cache.read(id, async () => {
          const rows = await database.query<{ view: string }>(
            'select view::text as view from projections where case_id = $1',
            [id],
          )
          return rows[0]?.view ?? null
        })
      : null
    if (view === null) throw new HttpError(404, 'not_found', 'no such case, or not summed up yet')
    return c.body(view, 200, { 'content-type': 'application/json' })
  })

  const stopListening = await listen(app, settings)
  log.info('listening', { port: settings.port })
  return [stopListening, () => database.close()]
})
