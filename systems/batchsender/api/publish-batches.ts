import type { Database } from '../../lib/postgres.ts'
import type { WorkQueue } from '../../lib/work-queue.ts'

const unpublished = `
  select id, requeues from batches where published_at is null order by created_at limit 200`
const markPublished = `
  update batches set published_at = now()
  from unnest($1::text[], $2::integer[]) as published (id, requeues)
  where batches.id = published.id and batches.requeues = published.requeues`

/**
 * Tells the queue of stored batches, for the outbox. Publishing twice is harmless: the queue drops a
 * message id that it knows, and a worker leaves a batch alone that is complete.
 */
export const publishBatches = async (database: Database, queue: WorkQueue): Promise<number> => {
  const rows = await database.query<{ id: string; requeues: number }>(unpublished)
  if (rows.length === 0) return 0
  await Promise.all(rows.map(({ id, requeues }) => queue.publish(id, `${id}/${requeues}`)))
  await database.query(markPublished, [rows.map(({ id }) => id), rows.map(({ requeues }) => requeues)])
  return rows.length
}
