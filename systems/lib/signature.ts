import { createHmac, timingSafeEqual } from 'node:crypto'

/** `sha256=<hex>`: HMAC-SHA256 over the raw bytes of the body. */
export const sign = (secret: string, body: string | Uint8Array): string =>
  `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`

/** Compares in constant time; a missing or malformed signature is simply wrong. */
export const verifySignature = (secret: string, body: string | Uint8Array, signature: string | undefined): boolean => {
  if (signature === undefined) return false
  const expected = Buffer.from(sign(secret, body))
  const given = Buffer.from(signature)
  return given.length === expected.length && timingSafeEqual(given, expected)
}
