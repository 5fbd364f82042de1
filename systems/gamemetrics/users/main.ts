import { Counter } from 'prom-client'
import { HttpError } from '../../lib/http-error.ts'
import { refuse } from '../../lib/json-body.ts'
import { makeLog } from '../../lib/log.ts'
import { makeRegistry, poolMetrics } from '../../lib/metrics.ts'
import { openDatabase } from '../../lib/open-database.ts'
import { runPart } from '../../lib/part.ts'
import type { Row } from '../../lib/postgres.ts'
import { listen, makeService } from '../../lib/service.ts'
import { isId } from '../batch.ts'
import { readModel } from '../schema.ts'
import { GameMetricsSettings } from '../settings.ts'

const settings = new GameMetricsSettings(process.env)
const log = makeLog('users')

/** What dashboards and clients read: players, batches that have been counted, and the sums of the last minute. */
await runPart(log, async () => {
  const database = openDatabase(settings, log)
  const schema = readModel(database)
  const register = makeRegistry()
  poolMetrics(register, database)
  const asked = new Counter({ name: 'api_requests_total', help: 'API requests answered', registers: [register] })

  const { app } = makeService({
    log,
    register,
    checks: { database: () => database.query('select 1'), schema: schema.check },
  })

  app.get('/players/:player', async (c) => {
    const player = c.req.param('player')
    if (!isId(player)) return refuse('player: 1 to 200 letters, digits, . _ : -')
    const find = 'select events::int, value::float8 from players where player = $1'
    const [sums] = await database.query<Row & { events: number; value: number }>(find, [player])
    asked.inc()
    return c.json({ player, events: sums?.events ?? 0, value: sums?.value ?? 0 })
  })

  app.get('/dashboard', async (c) => {
    const [last] = await database.query<Row & { batches: number; events: number }>(`
      select count(*)::int as batches, coalesce(sum(events), 0)::int as events
      from batches where counted_at > now() - interval '1 minute'`)
    asked.inc()
    return c.json({ lastMinute: last })
  })

  app.get('/batches/:id', async (c) => {
    const [batch] = await database.query('select id, events, counted_at from batches where id = $1', [
      c.req.param('id'),
    ])
    if (!batch) throw new HttpError(404, 'not_found', 'this batch is not counted')
    return c.json(batch)
  })

  app.get('/batches', async (c) => {
    const ids = (c.req.query('ids') ?? '').split(',').slice(0, 1000).filter(isId)
    const rows = await database.query<Row & { id: string }>('select id from batches where id = any($1::text[])', [ids])
    return c.json({ counted: rows.map(({ id }) => id) })
  })

  /** By how much the events of the players differ from those of the batches: an audit's question, in one snapshot. */
  app.get('/audit', async (c) => {
    const [sums] = await database.query<Row & { wrong: number }>(`
      select abs((select coalesce(sum(events), 0) from players) - (select coalesce(sum(events), 0) from batches))::int as wrong`)
    return c.json({ miscounted: sums?.wrong ?? 0 })
  })

  const stopListening = await listen(app, settings)
  return [stopListening, () => database.close()]
})
