import { openDatabase } from '../../lib/open-database.ts'
import { runConsumer } from '../consumer.ts'

const insert = `
  insert into notifications (event_id, owner, text) values ($1, $2, $3) on conflict do nothing`

/** Keeps one notification per new or completed task. */
await runConsumer('notifier', (settings, log) => {
  const database = openDatabase(settings, log)
  return {
    handle: async ({ id, type, task }) => {
      if (type !== 'task.created' && type !== 'task.completed') return
      await database.query(insert, [id, task.owner, `${task.title}: ${type}`])
    },
    checks: { database: () => database.query('select 1') },
    close: () => database.close(),
  }
})
