import { HoldfastError } from '../model/errors.ts'

/** Variables with what a Prometheus server asks for; never options, since options go into the record. */
const variables = {
  token: 'HOLDFAST_PROMETHEUS_TOKEN',
  user: 'HOLDFAST_PROMETHEUS_USER',
  password: 'HOLDFAST_PROMETHEUS_PASSWORD',
  headers: 'HOLDFAST_PROMETHEUS_HEADERS',
} as const

/** Those whose values are secret as a whole. */
export const prometheusSecretNames = [variables.token, variables.password, variables.headers]

/**
 * Headers of every request to the Prometheus server: a bearer token, or a user with a password; and headers of the
 * user's own, one `Name: value` a line (`X-Scope-OrgID: shop` names a tenant).
 * @throws HoldfastError when they contradict each other or are no headers; values are never part of its message.
 */
export const prometheusHeaders = (env: Record<string, string | undefined>): Record<string, string> => {
  const given = (name: string): string | undefined => env[name]?.trim() || undefined
  const [token, user, password] = [given(variables.token), given(variables.user), given(variables.password)]
  if (token !== undefined && user !== undefined)
    throw wrong(`${variables.token} and ${variables.user} are both set`, 'Unset one of them.')
  if ((user === undefined) !== (password === undefined))
    throw wrong(`${variables.user} and ${variables.password} go together`, 'Set both, or none of them.')
  if (user?.includes(':')) throw wrong(`${variables.user} holds a colon, which a user name cannot`)
  const own = headersOf(env[variables.headers] ?? '')
  const basic = user === undefined ? undefined : `Basic ${base64(`${user}:${password}`)}`
  const authorization = token === undefined ? basic : `Bearer ${token}`
  if (authorization === undefined) return own
  if ('authorization' in own)
    throw wrong(`${variables.headers} names Authorization, and ${token ? variables.token : variables.user} is set`)
  return { ...own, authorization }
}

const headersOf = (text: string): Record<string, string> => {
  const headers: Record<string, string> = {}
  for (const [i, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue
    const [, name, value] = /^\s*([\w!#$%&'*+.^`|~-]+)\s*:\s*(\S.*?)\s*$/.exec(line) ?? []
    if (name === undefined || value === undefined)
      throw wrong(`${variables.headers}: line ${i + 1} is not a valid header`, 'One `Name: value` a line.')
    headers[name.toLowerCase()] = value
  }
  return headers
}

const wrong = (message: string, hint?: string): HoldfastError =>
  new HoldfastError(message, hint === undefined ? {} : { hint })

/** Replaces what the headers hold, except names of tenants: servers repeat what they refuse. */
export const withoutHeaders = (text: string, headers: Record<string, string>): string =>
  secretValues(Object.entries(headers))
    .filter((value) => value.length >= 6)
    .reduce((clean, secret) => clean.replaceAll(secret, '***'), text)

/** Header values as they are, and without a scheme (`Bearer`); names of tenants stand in queries and are no secret. */
const secretValues = (headers: [name: string, value: string][]): string[] =>
  headers
    .filter(([name]) => !/scope|org|tenant|^accept|^user-agent$/i.test(name))
    .flatMap(([, value]) => [value, value.replace(/^\S+\s+/, '')])

/** What else is secret by one of these variables: each header's value, or the credentials as basic authentication sends them. */
export const prometheusSecrets = (env: Record<string, string | undefined>, name: string): string[] => {
  const value = env[name]?.trim() ?? ''
  if (name === variables.password) return [base64(`${env[variables.user]?.trim() ?? ''}:${value}`)]
  if (name !== variables.headers) return []
  const lines = value.split('\n').map((line): [string, string] => {
    const [header = '', ...rest] = line.split(':')
    return [header.trim(), rest.join(':').trim()]
  })
  return secretValues(lines)
}

const base64 = (text: string): string => Buffer.from(text).toString('base64')
