import { expect, test } from 'vitest'
import { redactor } from './environment.ts'

test('every occurrence of every secret goes, also one that holds another', () => {
  const redact = redactor({ A: 'secret-1', B: 'secret-12', C: 'innocent' }, ['A', 'B'])
  expect(redact('x secret-1 y secret-1 secret-12 innocent')).toBe('x *** y *** *** innocent')
})

test('a secret with the signs of a pattern is text', () => {
  expect(redactor({ A: '$&.*(x)' }, ['A'])('a $&.*(x) b')).toBe('a *** b')
})

test('missing, empty and short values hit no innocent text', () => {
  const redact = redactor({ A: undefined, B: '', C: 'yes' }, ['A', 'B', 'C', 'D'])
  expect(redact('yes, all of it')).toBe('yes, all of it')
})

test('a secret is found as it stands in JSON and in an address, too', () => {
  const redact = redactor({ A: 'p"ss/wörd' }, ['A'])
  expect(redact(`body=${JSON.stringify('p"ss/wörd')}`)).toBe('body="***"')
  expect(redact(`url=?t=${encodeURIComponent('p"ss/wörd')}`)).toBe('url=?t=***')
})
