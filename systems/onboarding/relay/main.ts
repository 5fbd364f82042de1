import { makeLog } from '../../lib/log.ts'
import { makeRegistry, readGauge } from '../../lib/metrics.ts'
import { openDatabase } from '../../lib/open-database.ts'
import { Outbox } from '../../lib/outbox.ts'
import { runPart } from '../../lib/part.ts'
import { listen, makeService } from '../../lib/service.ts'
import { OnboardingSettings } from '../settings.ts'

const settings = new OnboardingSettings(process.env)
const log = makeLog(settings.name)

interface OutboxRow extends Record<string, unknown> {
  id: string
  event: object
}

/** Tells the queue of every event, at least once: an event leaves the outbox when the queue has it. */
await runPart(log, async () => {
  const database = openDatabase(settings, log)
  const events = settings.openEvents(log)
  const forgets = settings.has('relay-forgets')
  const remove = (ids: string[]) =>
    database.query<OutboxRow>('delete from outbox where id = any($1::bigint[]) returning id, event', [ids])
  const publishSome = async (): Promise<number> => {
    const rows = await database.query<OutboxRow>('select id, event from outbox order by id limit 200')
    const ids = rows.map(({ id }) => id)
    if (rows.length === 0) return 0
    if (forgets) await remove(ids)
    await Promise.all(rows.map(({ id, event }) => events.publish(JSON.stringify({ id, ...event }), `outbox/${id}`)))
    if (!forgets) await remove(ids)
    return rows.length
  }

  const register = makeRegistry()
  readGauge(register, 'queue_depth', 'Events that the queue has yet to be told', async () => {
    const [row] = await database.query<{ depth: number }>('select count(*)::int as depth from outbox')
    return row?.depth ?? 0
  })
  const checks = { database: () => database.query('select 1'), queue: () => events.check() }
  const { app } = makeService({ log, register, checks })
  const stopListening = await listen(app, settings)
  log.info('listening', { port: settings.port })

  const outbox = new Outbox({ publishSome, log, everyMs: 100 })
  const running = outbox.run()
  return [async () => outbox.stop(), () => running, stopListening, () => events.close(), () => database.close()]
})
