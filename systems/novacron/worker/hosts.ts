import { CircuitBreaker, CircuitOpenError } from '../../lib/circuit-breaker.ts'
import { postJson } from '../../lib/http-client.ts'
import { UnavailableError } from '../../lib/http-error.ts'
import type { Log } from '../../lib/log.ts'
import { type NovaCronSettings, type Zone, zones } from '../settings.ts'

/** The hosts of all zones, each behind a circuit breaker of its own. */
export class Hosts {
  #settings: NovaCronSettings
  #breakers: Map<Zone, CircuitBreaker>

  constructor(settings: NovaCronSettings, log: Log) {
    this.#settings = settings
    const failures = settings.option('breakerFailures')
    const resetMs = settings.option('breakerResetMs')
    const onChange = (zone: Zone) => (state: string) => log.warn('breaker of a zone', { zone, state })
    this.#breakers = new Map(
      zones.map((zone) => [zone, new CircuitBreaker({ failures, resetMs, onChange: onChange(zone) })]),
    )
  }

  /**
   * Does one step of an operation. The same step again is done once.
   * @throws UnavailableError when the zone is away.
   */
  async step(zone: Zone, operation: string, step: string): Promise<void> {
    const settings = this.#settings
    const key: Record<string, string> = settings.has('no-idempotency')
      ? {}
      : { 'idempotency-key': `${operation}/${step}` }
    const body = JSON.stringify({ step: `${operation}/${step}` })
    const call = () =>
      postJson(`${settings.hostUrl(zone)}/steps`, body, { timeoutMs: settings.option('hostTimeoutMs'), headers: key })
    try {
      await this.#breakers.get(zone)?.run(call)
    } catch (error) {
      throw new UnavailableError(`zone ${zone}`, error instanceof CircuitOpenError ? 'breaker open' : error)
    }
  }
}
