import { EventStream } from '../lib/event-stream.ts'
import type { Log } from '../lib/log.ts'
import { PartSettings } from '../lib/part-settings.ts'
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
