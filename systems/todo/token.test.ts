import { expect, test } from 'vitest'
import { makeToken, userOf } from './token.ts'

test('a token says whose it is, and only with the same secret', () => {
  const token = makeToken('secret', 'run-1.vu-3')
  expect(userOf('secret', token)).toBe('run-1.vu-3')
  expect(userOf('another', token)).toBeNull()
})

test.each(['', '.', 'user', 'user.', '.abc', 'user.abc'])('"%s" is no token', (token) => {
  expect(userOf('secret', token)).toBeNull()
})
