import { HttpError } from '../../lib/http-error.ts'
import type { Database, Row } from '../../lib/postgres.ts'
import type { Change, Task, TaskEvent } from '../task.ts'

const columns = 'id, owner, title, done, repeats'

/** A change and its event are one statement: both happen or none. */
const withEvent = (change: string, type: string, published: boolean): string => `
  with task as (${change} returning ${columns}),
  event as (
    insert into events (type, task, published_at)
    select ${type}, to_json(task), ${published ? 'now()' : 'null'} from task
    returning id::int, type, task
  )
  select task.*, event.id as "eventId", event.type as "eventType" from task cross join event`

type Changed = Task & { eventId: number; eventType: TaskEvent['type'] }

export interface TaskStoreOptions {
  database: Database
  /** Weakness `lost-events`: the outbox does not know of them. */
  markPublished: boolean
  /** Weakness `slow-list`. */
  slowList: boolean
  onChange: (change: Change, event: TaskEvent) => void
}

/** Tasks in the database; every change of one puts its event into the outbox. */
export class TaskStore {
  #options: TaskStoreOptions

  constructor(options: TaskStoreOptions) {
    this.#options = options
  }

  async #change(statement: string, type: string, values: unknown[]): Promise<Task | null> {
    const { database, markPublished, onChange } = this.#options
    const [changed] = await database.query<Changed>(withEvent(statement, type, markPublished), values)
    if (!changed) return null
    const { eventId: id, eventType, ...task } = changed
    onChange(eventType.slice('task.'.length) as Change, { id, type: eventType, task: task as Task })
    return task as Task
  }

  /** The same task again changes nothing. @throws HttpError 409 when the id belongs to somebody else. */
  async add({ id, owner, title, repeats }: Task): Promise<Task> {
    const insert = 'insert into tasks (id, owner, title, repeats) values ($1, $2, $3, $4) on conflict do nothing'
    const added = await this.#change(insert, `'task.created'`, [id, owner, title, repeats])
    const task = added ?? (await this.find(owner, id))
    if (!task) throw new HttpError(409, 'id_in_use', 'this id belongs to another task')
    return task
  }

  async find(owner: string, id: string): Promise<Task | null> {
    const find = `select ${columns} from tasks where id = $1 and owner = $2`
    return (await this.#options.database.query<Task>(find, [id, owner]))[0] ?? null
  }

  /** Absent values stay as they are. */
  update(owner: string, id: string, { title, done }: { title?: string; done?: boolean }): Promise<Task | null> {
    const update = `
      update tasks set title = coalesce($3::text, title), done = coalesce($4::boolean, done) where id = $1 and owner = $2`
    const type = `case when $4 then 'task.completed' else 'task.updated' end`
    return this.#change(update, type, [id, owner, title ?? null, done ?? null])
  }

  remove(owner: string, id: string): Promise<Task | null> {
    return this.#change('delete from tasks where id = $1 and owner = $2', `'task.deleted'`, [id, owner])
  }

  /** The newest 50 tasks of a user. */
  list(owner: string): Promise<Task[]> {
    const { database, slowList } = this.#options
    const list = `select ${columns} from tasks where owner = $1 order by created_at desc limit 50`
    return database.query(slowList ? `select listed.* from pg_sleep(0.7), (${list}) listed` : list, [owner])
  }

  /** Those of the ids that exist, whosoever they are. */
  async existing(ids: string[]): Promise<string[]> {
    const rows = await this.#options.database.query<Row & { id: string }>(
      'select id from tasks where id = any($1::text[])',
      [ids],
    )
    return rows.map(({ id }) => id)
  }
}
