import { EventStream } from '../lib/event-stream.ts'
import type { Log } from '../lib/log.ts'
import { PartSettings } from '../lib/part-settings.ts'
import { defaults, type Option } from './options.ts'
import type { Weakness } from './weaknesses.ts'

/** What every part of GameMetrics is told by its environment. */
export class GameMetricsSettings extends PartSettings<Option, Weakness> {
  constructor(env: Record<string, string | undefined>) {
    super(env, defaults)
  }

  /** The topic `player.events.raw`: each message is a batch of events, as it came in. */
  openRawEvents(name: string, log: Log): EventStream {
    return new EventStream({
      url: this.queueUrl,
      name,
      stream: 'PLAYER_EVENTS_RAW',
      subject: 'player.events.raw',
      maxAgeMs: 3_600_000,
      maxBytes: 2_000_000_000,
      timeoutMs: this.option('brokerTimeoutMs'),
      log,
    })
  }
}
