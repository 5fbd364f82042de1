import type { Database, Row } from '../../lib/postgres.ts'

/** What a worker needs to know of a batch. */
export interface ClaimedBatch extends Row {
  id: string
  from: string
  subject: string
  body: string
  total: number
}

/** A batch in the database, as a worker moves it on. Every step can be repeated without harm. */
export class BatchProgress {
  #database: Database

  constructor(database: Database) {
    this.#database = database
  }

  /** Null when there is nothing left to do for it. */
  async claim(id: string): Promise<ClaimedBatch | null> {
    const [batch] = await this.#database.query<ClaimedBatch>(
      `
      update batches set status = 'processing', progress_at = now()
      where id = $1 and status in ('queued', 'processing')
      returning id, sender as "from", subject, body, total`,
      [id],
    )
    return batch ?? null
  }

  /** Recipients at positions `first` to `last`; `all`: also those that are marked as sent. */
  recipients(id: string, first: number, last: number, all: boolean): Promise<{ position: number; address: string }[]> {
    return this.#database.query(
      `
      select position, address from recipients
      where batch_id = $1 and position between $2 and $3 and (sent_at is null or $4)
      order by position`,
      [id, first, last, all],
    )
  }

  async markSent(id: string, first: number, last: number): Promise<void> {
    await this.#database.query(
      `
      with marked as (
        update recipients set sent_at = now()
        where batch_id = $1 and position between $2 and $3 and sent_at is null
        returning 1
      )
      update batches set sent = sent + (select count(*) from marked), progress_at = now() where id = $1`,
      [id, first, last],
    )
  }

  async finish(id: string, status: 'completed' | 'failed'): Promise<void> {
    await this.#database.query(
      `update batches set status = $2, completed_at = now() where id = $1 and status = 'processing'`,
      [id, status],
    )
  }

  /** Puts batches without progress for `stuckAfterMs` back into the outbox. Returns their ids. */
  async requeueStuck(stuckAfterMs: number): Promise<string[]> {
    const rows = await this.#database.query<{ id: string }>(
      `
      update batches set status = 'queued', published_at = null, requeues = requeues + 1
      where id in (
        select id from batches
        where status = 'processing' and progress_at < now() - $1 * interval '1 millisecond'
        for update skip locked
      )
      returning id`,
      [stuckAfterMs],
    )
    return rows.map(({ id }) => id)
  }
}
