import { proxyAddress } from '../chaos/drivers/forward-proxies.ts'
import type { System } from '../model/system.ts'
import { prometheusSecretNames, prometheusSecrets } from './prometheus-access.ts'

/** Proxies may have a user and a password in their addresses; the rest of those is no secret. */
const proxyNames = ['HTTP_PROXY', 'HTTPS_PROXY', 'ALL_PROXY'].flatMap((name) => [name, name.toLowerCase()])

/** Variables of Holdfast's own with values that are secret, whatever the system. */
const ownSecrets = [...prometheusSecretNames, 'HOLDFAST_NOTIFY_URL', ...proxyNames]

/** Every variable whose value must not be in a record, a log or a report. */
export const secretNames = (system: System): string[] => [...system.secretEnv, ...ownSecrets]

/**
 * Replaces what is secret of the named variables, as it is and as JSON and addresses write it; short
 * values are left, they would hit innocent text.
 */
export const redactor = (
  env: Record<string, string | undefined>,
  secretNames: string[],
): ((text: string) => string) => {
  const values = secretNames.flatMap((name) => secretsOf(env, name)).filter((value) => value.length >= 6)
  const written = values.flatMap((value) => [value, JSON.stringify(value).slice(1, -1), encodeURIComponent(value)])
  // Longest first: one that holds another must not leave its rest.
  const secrets = [...new Set(written)].sort((a, b) => b.length - a.length)
  return (text) => secrets.reduce((clean, secret) => clean.replaceAll(secret, '***'), text)
}

const secretsOf = (env: Record<string, string | undefined>, name: string): string[] => {
  const value = env[name] ?? ''
  return proxyNames.includes(name) ? credentialsIn(value) : [value, value.trim(), ...prometheusSecrets(env, name)]
}

/** User and password of a proxy: as its address has them, decoded, and as `Proxy-Authorization` sends them. */
const credentialsIn = (address: string): string[] => {
  const { username = '', password = '' } = proxyAddress(address.trim()) ?? {}
  // A user alone may be a token.
  if (password === '') return [username, decoded(username)]
  const pair = `${decoded(username)}:${decoded(password)}`
  return [`${username}:${password}`, password, pair, decoded(password), Buffer.from(pair).toString('base64')]
}

const decoded = (text: string): string => {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}
