import { expect, test } from 'vitest'
import { sign, verifySignature } from './signature.ts'

// RFC 4231, test case 2.
const signature = 'sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843'
const body = 'what do ya want for nothing?'

test.each([
  ['none', undefined],
  ['empty', ''],
  ['without its prefix', signature.slice('sha256='.length)],
  ['short', signature.slice(0, -1)],
  ['long', `${signature}0`],
  ['one digit off', `${signature.slice(0, -1)}4`],
  ['in capitals', signature.toUpperCase()],
  ['of characters that are longer in bytes', 'é'.repeat(signature.length)],
])('a signature that is %s is wrong', (_what, given) => {
  expect(verifySignature('Jefe', body, given)).toBe(false)
})

test('agrees with the published vector, for text and bytes', () => {
  expect(sign('Jefe', body)).toBe(signature)
  expect(verifySignature('Jefe', body, signature)).toBe(true)
  expect(verifySignature('Jefe', new TextEncoder().encode(body), signature)).toBe(true)
  expect(verifySignature('another', body, signature)).toBe(false)
})
