import pg from 'pg'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { batchsender } from '../../systems/batchsender/index.ts'
import { completed, stats } from './batchsender-client.ts'
import { get } from './client.ts'
import { type Parts, startParts } from './parts.ts'

let parts: Parts
beforeAll(async () => {
  parts = await startParts(batchsender, { options: { stuckAfterMs: '60000', stuckScanMs: '200' } })
})
afterAll(() => parts?.stop())

/** A batch of 3 that some worker began and then forgot: it is in the database, and no message is in the queue. */
const forget = async (id: string, progressAgoSeconds: number): Promise<void> => {
  const api = parts.layout.processes.find(({ name }) => name === 'api')
  const database = new pg.Client({ connectionString: api?.env.DATABASE_URL })
  await database.connect()
  try {
    await database.query(
      `insert into batches (id, digest, sender, subject, body, total, status, published_at, progress_at)
       values ($1, 'digest', 'a@example.test', 's', 'b', 3, 'processing', now(), now() - $2 * interval '1 second')`,
      [id, progressAgoSeconds],
    )
    await database.query(
      `insert into recipients (batch_id, position, address)
       select $1, n, 'r' || n || '@example.test' from generate_series(1, 3) as n`,
      [id],
    )
  } finally {
    await database.end()
  }
}

test('the scan sends a batch that is stuck in processing, and leaves one alone that is not', async () => {
  await forget('recent', 30)
  await forget('stuck', 61)
  await completed(parts, 'stuck')
  expect(await stats(parts)).toMatchObject({ accepted: 3, duplicates: 0 })
  expect((await get(`${parts.url('api')}/batches/recent`)).json).toMatchObject({ status: 'processing', sent: 0 })
})
