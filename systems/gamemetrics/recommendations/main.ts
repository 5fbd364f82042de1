import { Counter } from 'prom-client'
import { Cache } from '../../lib/cache/client.ts'
import { parseObject, refuse } from '../../lib/json-body.ts'
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
const log = makeLog('recommendations')

/** What may be recommended, with how much of it goes with playing much and with scoring high. */
const items = [
  { item: 'starter-pack', much: -1, high: -0.5 },
  { item: 'season-pass', much: 1, high: 0.2 },
  { item: 'ranked-queue', much: 0.4, high: 1 },
  { item: 'guild-invitation', much: 0.8, high: 0.6 },
]

/** The items that fit a player best. A stand-in of a model: deterministic, and of the player's own figures. */
const recommend = ({ events, value }: { events: number; value: number }): string[] => {
  const score = ({ much, high }: { much: number; high: number }) =>
    much * Math.log1p(events) + high * Math.log1p(value / Math.max(1, events))
  return items.toSorted((a, b) => score(b) - score(a)).map(({ item }) => item)
}

await runPart(log, async () => {
  const database = openDatabase(settings, log)
  const schema = readModel(database)
  const cache = new Cache({
    url: settings.text('CACHE_URL'),
    timeoutMs: settings.option('cacheTimeoutMs'),
    ttlMs: settings.option('cacheTtlMs'),
    required: settings.has('cache-required'),
    log,
  })
  const register = makeRegistry()
  poolMetrics(register, database)
  const predicted = new Counter({ name: 'predictions_total', help: 'Predictions made', registers: [register] })

  const { app } = makeService({
    log,
    register,
    checks: { database: () => database.query('select 1'), schema: schema.check },
  })
  app.post('/predictions', async (c) => {
    const { player } = parseObject(await c.req.text())
    if (!isId(player)) return refuse('player: 1 to 200 letters, digits, . _ : -')
    const figures = await cache.read(`player/${player}`, async () => {
      const find = 'select events::int, value::float8 from players where player = $1'
      const [row] = await database.query<Row & { events: number; value: number }>(find, [player])
      return JSON.stringify(row ?? { events: 0, value: 0 })
    })
    predicted.inc()
    return c.json({ player, items: recommend(JSON.parse(figures ?? '{}')) })
  })

  const stopListening = await listen(app, settings)
  return [stopListening, () => database.close()]
})
