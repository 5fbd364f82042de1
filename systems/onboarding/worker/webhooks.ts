import { retry } from '../../lib/backoff.ts'
import { CircuitBreaker, CircuitOpenError } from '../../lib/circuit-breaker.ts'
import { isTransient, postJson } from '../../lib/http-client.ts'
import type { Log } from '../../lib/log.ts'
import { sign } from '../../lib/signature.ts'
import type { OnboardingSettings } from '../settings.ts'

/** Sends signed webhooks to the partner, with retries and a circuit breaker. */
export class Webhooks {
  #settings: OnboardingSettings
  #breaker: CircuitBreaker

  constructor(settings: OnboardingSettings, log: Log) {
    this.#settings = settings
    this.#breaker = new CircuitBreaker({
      failures: settings.option('breakerFailures'),
      resetMs: settings.option('breakerResetMs'),
      onChange: (state) => log.warn('webhook breaker', { state }),
    })
  }

  /** Resolves when the partner has taken it; with the weakness `no-webhook-retries` also when it has not. */
  async send(event: { id: string; type: string; reference: string; status: string }): Promise<void> {
    const settings = this.#settings
    const body = JSON.stringify(event)
    const signature = sign(settings.webhookSecret, body)
    const headers: Record<string, string> = settings.has('unsigned-webhooks') ? {} : { 'x-signature': signature }
    const timeoutMs = settings.option('outboundTimeoutMs')
    const once = () => postJson(`${settings.text('PARTNER_URL')}/webhooks`, body, { timeoutMs, headers })
    await retry(() => this.#breaker.run(once), {
      retries: settings.has('no-webhook-retries') ? 0 : settings.option('outboundRetries'),
      firstDelayMs: settings.option('outboundFirstDelayMs'),
      maxDelayMs: settings.option('outboundMaxDelayMs'),
      retriable: (error) => !(error instanceof CircuitOpenError) && isTransient(error),
    })
  }
}
