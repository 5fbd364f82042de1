import type { EventStream } from '../../lib/event-stream.ts'
import type { Database, Row } from '../../lib/postgres.ts'
import type { TaskEvent } from '../task.ts'

const unpublished = `
  select id::int, type, task from events where published_at is null order by id limit 200`

/** Tells the topic of what is in the outbox. Twice is harmless: it drops a message id that it knows. */
export const publishEvents = async (database: Database, events: EventStream): Promise<number> => {
  const rows = await database.query<Row & TaskEvent>(unpublished)
  if (rows.length === 0) return 0
  await Promise.all(rows.map((event) => publishEvent(events, event)))
  await database.query('update events set published_at = now() where id = any($1::bigint[])', [
    rows.map(({ id }) => id),
  ])
  return rows.length
}

/** Events that wait in the outbox. */
export const unpublishedCount = async (database: Database): Promise<number> => {
  const [row] = await database.query<{ n: number }>('select count(*)::int as n from events where published_at is null')
  return row?.n ?? Number.NaN
}

export const publishEvent = (events: EventStream, event: TaskEvent): Promise<void> =>
  events.publish(JSON.stringify(event), `event-${event.id}`)
