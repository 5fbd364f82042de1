import { Settings } from '../lib/settings.ts'
import { defaults, envName, type Option } from './defaults.ts'
import type { Weakness } from './weaknesses.ts'

/** What every part of BatchSender is told by its environment. */
export class PartSettings extends Settings {
  readonly port = this.number('PORT', undefined, 1)
  readonly #weaknesses = this.names('WEAKNESSES')

  option(name: Option): number {
    return this.number(envName(name), defaults[name])
  }

  has(weakness: Weakness): boolean {
    return this.#weaknesses.has(weakness)
  }

  get databaseUrl(): string {
    return this.text('DATABASE_URL')
  }

  get queueUrl(): string {
    return this.text('NATS_URL')
  }

  get webhookSecret(): string {
    return this.text('BATCHSENDER_WEBHOOK_SECRET')
  }
}
