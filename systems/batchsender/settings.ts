import { PartSettings } from '../lib/part-settings.ts'
import { defaults, type Option } from './defaults.ts'
import type { Weakness } from './weaknesses.ts'

/** What every part of BatchSender is told by its environment. */
export class BatchSenderSettings extends PartSettings<Option, Weakness> {
  constructor(env: Record<string, string | undefined>) {
    super(env, defaults)
  }

  get webhookSecret(): string {
    return this.text('BATCHSENDER_WEBHOOK_SECRET')
  }
}
