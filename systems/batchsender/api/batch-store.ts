import { HttpError } from '../../lib/http-error.ts'
import type { Database, Row } from '../../lib/postgres.ts'
import type { NewBatch } from './new-batch.ts'

/** A batch as clients see it. Times are ISO 8601, null until they happen. */
export interface BatchView extends Row {
  id: string
  status: 'queued' | 'processing' | 'completed' | 'failed'
  total: number
  sent: number
  createdAt: string
  completedAt: string | null
}

const insert = `
  with batch as (
    insert into batches (id, digest, sender, subject, body, total)
    values ($1, $2, $3, $4, $5, cardinality($6::text[]))
    on conflict (id) do nothing
    returning id
  ), written as (
    insert into recipients (batch_id, position, address)
    select batch.id, r.position, r.address
    from batch cross join unnest($6::text[]) with ordinality as r (address, position)
  )
  select id from batch`

const columns = `
  id, status, total, sent, created_at as "createdAt", completed_at as "completedAt"`

/** Batches in the database, as the API needs them. */
export class BatchStore {
  #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  /**
   * Stores a batch with its recipients, and its place in the outbox, in one statement.
   * The same batch again changes nothing; the result is the state it is in.
   * @throws HttpError 409 when the id belongs to another batch.
   */
  async add({ id, digest, from, subject, body, recipients }: NewBatch): Promise<BatchView['status']> {
    const added = await this.#database.query(insert, [id, digest, from, subject, body, recipients])
    if (added.length > 0) return 'queued'
    const [known] = await this.#database.query<{ digest: string; status: BatchView['status'] }>(
      'select digest, status from batches where id = $1',
      [id],
    )
    if (known?.digest !== digest) throw new HttpError(409, 'id_in_use', 'this id belongs to another batch')
    return known.status
  }

  /** Those of the ids that exist, in no order. */
  find(ids: string[]): Promise<BatchView[]> {
    return this.#database.query<BatchView>(`select ${columns} from batches where id = any($1)`, [ids])
  }
}
