import type { DriverContext } from '../chaos/drivers/driver.ts'
import type { Sampled } from './sampler.ts'

/** A system that is up, however it came to be: what the rest of a run needs of it. */
export interface RunningSystem {
  /** What k6 drives. */
  baseUrl: string
  /** Past the proxies, for the audit. */
  auditUrl: string
  /** Scenario variables, secrets included. */
  scenarioEnv: Record<string, string>
  drivers: DriverContext
  sampled: Sampled[]
  /** Replaces secrets in text that goes into the record. */
  redact: (text: string) => string
}

/**
 * Replaces every value of the named variables, as it is and as JSON and addresses write it; short
 * values are left, they would hit innocent text.
 */
export const redactor = (
  env: Record<string, string | undefined>,
  secretNames: string[],
): ((text: string) => string) => {
  const values = secretNames.map((name) => env[name] ?? '').filter((value) => value.length >= 6)
  const written = values.flatMap((value) => [value, JSON.stringify(value).slice(1, -1), encodeURIComponent(value)])
  // Longest first: one that holds another must not leave its rest.
  const secrets = [...new Set(written)].sort((a, b) => b.length - a.length)
  return (text) => secrets.reduce((clean, secret) => clean.replaceAll(secret, '***'), text)
}
