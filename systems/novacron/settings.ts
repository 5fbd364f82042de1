import type { Registry } from 'prom-client'
import { Cache } from '../lib/cache/client.ts'
import type { Log } from '../lib/log.ts'
import { readGauge } from '../lib/metrics.ts'
import { PartSettings } from '../lib/part-settings.ts'
import { defaults, type Option } from './options.ts'
import type { Weakness } from './weaknesses.ts'

export type Zone = 'a' | 'b'
export const zones: Zone[] = ['a', 'b']

/** What every part of NovaCron is told by its environment, and what it opens with that. */
export class NovaCronSettings extends PartSettings<Option, Weakness> {
  readonly name = this.text('INSTANCE')

  constructor(env: Record<string, string | undefined>) {
    super(env, defaults)
  }

  hostUrl(zone: Zone): string {
    return this.text(`HOST_${zone.toUpperCase()}_URL`)
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

  /** Resident memory as a share of the part's limit. */
  memoryMetric(register: Registry): void {
    const limitBytes = this.option('memoryLimitMegabytes') * 1_000_000
    const help = 'Resident memory as a share of what the part may use'
    readGauge(register, 'memory_used_ratio', help, () => process.memoryUsage.rss() / limitBytes)
  }
}
