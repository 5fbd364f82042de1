import { setTimeout as sleep } from 'node:timers/promises'
import { Counter } from 'prom-client'
import { errorFields, makeLog } from '../../lib/log.ts'
import { makeRegistry, poolMetrics, readGauge } from '../../lib/metrics.ts'
import { openDatabase } from '../../lib/open-database.ts'
import { runPart } from '../../lib/part.ts'
import { listen, makeService } from '../../lib/service.ts'
import { type Batch, byPlayer } from '../batch.ts'
import { readModel } from '../schema.ts'
import { GameMetricsSettings } from '../settings.ts'

const settings = new GameMetricsSettings(process.env)
const log = makeLog('processor')

/** One statement: a batch counts as a whole and once. With $6 (weakness `counts-twice`) every time it comes. */
const count = `
  with batch as (
    insert into batches (id, events) values ($1, $2) on conflict (id) do nothing returning id
  )
  insert into players (player, events, value)
  select player, events, value from unnest($3::text[], $4::bigint[], $5::bigint[]) as sums (player, events, value)
  where $6 or exists (select from batch)
  order by player
  on conflict (player) do update set events = players.events + excluded.events, value = players.value + excluded.value`

await runPart(log, async () => {
  const database = openDatabase(settings, log)
  const topic = settings.openRawEvents('processor', log)
  const schema = readModel(database)
  const register = makeRegistry()
  poolMetrics(register, database)
  readGauge(register, 'consumer_lag', 'Batches that are not counted yet', () => topic.lag('processor'))
  const processed = new Counter({ name: 'events_processed_total', help: 'Events counted', registers: [register] })
  const isSlow = settings.has('slow-processor')

  const store = async ({ id, events }: Batch): Promise<void> => {
    if (isSlow) await sleep(1000)
    const sums = byPlayer(events)
    await database.query(count, [
      id,
      events.length,
      sums.map(({ player }) => player),
      sums.map((sum) => sum.events),
      sums.map(({ value }) => value),
      settings.has('counts-twice'),
    ])
    processed.inc(events.length)
  }

  const stopping = new AbortController()
  const consuming = topic.consume({
    durable: 'processor',
    ackWaitMs: settings.option('ackWaitMs'),
    concurrency: isSlow ? 1 : settings.option('processorConcurrency'),
    handle: async (data) => {
      const stored = store(JSON.parse(data) as Batch)
      if (!settings.has('processor-drops')) await stored
      else await stored.catch((error: unknown) => log.warn('batch dropped', errorFields(error)))
    },
    signal: stopping.signal,
  })
  const { app } = makeService({
    log,
    register,
    checks: { database: () => database.query('select 1'), broker: () => topic.check(), schema: schema.check },
  })
  const stopListening = await listen(app, settings)
  return [async () => stopping.abort(), () => consuming, stopListening, () => topic.close(), () => database.close()]
})
