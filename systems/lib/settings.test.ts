import { expect, test } from 'vitest'
import { Settings } from './settings.ts'

const settings = new Settings({ EMPTY: '', WORD: 'many', NEGATIVE: '-1', PORT: '80', NAMES: ' a, b,,' })

test.each([
  ['not set', 'MISSING'],
  ['empty', 'EMPTY'],
  ['no number', 'WORD'],
  ['too small', 'NEGATIVE'],
])('a number that is %s is refused by name', (_what, name) => {
  expect(() => settings.number(name)).toThrow(name)
})

test('reads numbers, text, names and defaults', () => {
  expect(settings.number('PORT', 1)).toBe(80)
  expect(settings.number('MISSING', 7)).toBe(7)
  expect(() => settings.number('WORD', 7)).toThrow('WORD')
  expect(() => settings.text('EMPTY')).toThrow('EMPTY')
  expect(settings.names('NAMES')).toEqual(new Set(['a', 'b']))
})
