import { GroupWriter } from '../../lib/group-writer.ts'
import type { Database } from '../../lib/postgres.ts'

/** One event that a provider reported. */
export interface WebhookEvent {
  provider: string
  id: string
  type: string
  /** The body as it came, which is JSON. */
  payload: string
}

// Sorted, so that two groups with the same events cannot wait for each other.
const insert = `
  insert into webhook_events (provider, id, type, payload)
  select * from unnest($1::text[], $2::text[], $3::text[], $4::json[]) as event (provider, id, type, payload)
  order by provider, id
  on conflict do nothing`

/** Webhook events are committed in groups: at 1,000/s a transaction each would be all the database does. */
export const webhookWriter = (database: Database): GroupWriter<WebhookEvent> =>
  new GroupWriter({
    write: async (events) => {
      await database.query(insert, [
        events.map(({ provider }) => provider),
        events.map(({ id }) => id),
        events.map(({ type }) => type),
        events.map(({ payload }) => payload),
      ])
    },
    maxWaitMs: 5,
    maxItems: 500,
    concurrency: 2,
    maxPending: 2000,
  })
