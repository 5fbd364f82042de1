import { Cache } from '../lib/cache/client.ts'
import { EventStream } from '../lib/event-stream.ts'
import type { Log } from '../lib/log.ts'
import { PartSettings } from '../lib/part-settings.ts'
import type { Database } from '../lib/postgres.ts'
import { CaseLog } from './case-log.ts'
import { defaults, type Option } from './options.ts'
import type { Weakness } from './weaknesses.ts'

/** What every part of Onboarding is told by its environment, and what it opens with that. */
export class OnboardingSettings extends PartSettings<Option, Weakness> {
  readonly name = this.text('INSTANCE')

  constructor(env: Record<string, string | undefined>) {
    super(env, defaults)
  }

  get webhookSecret(): string {
    return this.text('ONBOARDING_WEBHOOK_SECRET')
  }

  openEvents(log: Log): EventStream {
    return new EventStream({
      url: this.queueUrl,
      name: this.name,
      stream: 'ONBOARDING',
      subject: 'onboarding.events',
      maxAgeMs: 3_600_000,
      maxBytes: 100_000_000,
      timeoutMs: this.option('queueTimeoutMs'),
      log,
    })
  }

  openCaseLog(database: Database, log: Log): CaseLog {
    return new CaseLog(database, this.has('late-audit') ? this.option('auditDelayMs') : null, log)
  }

  openCache(log: Log): Cache {
    return new Cache({
      url: this.text('CACHE_URL'),
      timeoutMs: this.option('cacheTimeoutMs'),
      ttlMs: this.option('cacheTtlMs'),
      required: this.has('cache-required'),
      log,
    })
  }
}
