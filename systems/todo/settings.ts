import { EventStream } from '../lib/event-stream.ts'
import type { Log } from '../lib/log.ts'
import { PartSettings } from '../lib/part-settings.ts'
import { Database } from '../lib/postgres.ts'
import { defaults, type Option } from './options.ts'
import type { Weakness } from './weaknesses.ts'

/** What every part of the Todo App is told by its environment. */
export class TodoSettings extends PartSettings<Option, Weakness> {
  constructor(env: Record<string, string | undefined>) {
    super(env, defaults)
  }

  /** Signs the tokens of the users. */
  get tokenSecret(): string {
    return this.text('TODO_TOKEN_SECRET')
  }

  openDatabase(log: Log): Database {
    return new Database({
      url: this.databaseUrl,
      poolSize: this.option('dbPoolSize'),
      connectTimeoutMs: this.option('dbConnectTimeoutMs'),
      queryTimeoutMs: this.option('dbQueryTimeoutMs'),
      log,
    })
  }

  /** The topic of task events. */
  openEvents(name: string, log: Log): EventStream {
    return new EventStream({
      url: this.queueUrl,
      name,
      stream: 'TASK_EVENTS',
      subject: 'task-events',
      maxAgeMs: 3_600_000,
      maxBytes: 200_000_000,
      timeoutMs: this.option('brokerTimeoutMs'),
      log,
    })
  }
}
