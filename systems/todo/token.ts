import { sign, verifySignature } from '../lib/signature.ts'

/** `<user>.<signature>`: who holds it has signed in as that user. */
export const makeToken = (secret: string, user: string): string =>
  `${user}.${sign(secret, user).slice('sha256='.length)}`

export const userOf = (secret: string, token: string): string | null => {
  const dot = token.lastIndexOf('.')
  const user = token.slice(0, Math.max(0, dot))
  return verifySignature(secret, user, `sha256=${token.slice(dot + 1)}`) ? user : null
}
