import { expect, test } from 'vitest'
import { HoldfastError } from './errors.ts'

test('an error stays one line, and tells a terminal nothing, whatever a user has named', () => {
  const { message, hint } = new HoldfastError('g.ts: no link a\n\tb\u001b[2J', { hint: 'Use \r\nthis.' })
  expect(message).toBe('g.ts: no link a b\ufffd[2J')
  expect(hint).toBe('Use \ufffd this.')
})
