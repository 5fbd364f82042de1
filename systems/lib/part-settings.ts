import { envName } from './options.ts'
import { Settings } from './settings.ts'

/** What every Node part of a stand-in is told by its environment. */
export class PartSettings<Option extends string = string, Weakness extends string = string> extends Settings {
  readonly port = this.number('PORT', undefined, 1)
  /** Loopback unless told: in a container a part is reached from outside of it. */
  readonly host = this.text('HOST', '127.0.0.1')
  readonly #defaults: Record<Option, number>
  readonly #weaknesses = this.names('WEAKNESSES')

  constructor(env: Record<string, string | undefined>, defaults: Record<Option, number>) {
    super(env)
    this.#defaults = defaults
  }

  option(name: Option): number {
    return this.number(envName(name), this.#defaults[name])
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
}
