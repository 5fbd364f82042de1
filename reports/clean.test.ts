import fc from 'fast-check'
import { expect, it } from 'vitest'
import { clean, cleanLine, clip } from '../model/clean.ts'
import { clockText, countText, durationText, hashText, numberText, percentText } from './format.ts'
import { html } from './html/markup.ts'

it.each([
  ['\u0000', '\ufffd'],
  ['\u001b[31m', '\ufffd[31m'],
  ['\u202eabc', '\ufffdabc'],
  ['\uffff', '\ufffd'],
  ['\ud800', '\ufffd'],
  ['a\tb\nc', 'a\tb\nc'],
  ['\r', '\ufffd'],
  ['→ ① é 😀', '→ ① é 😀'],
])('cleans %j', (text, expected) => expect(clean(text)).toBe(expected))

it('makes one line', () => expect(cleanLine(' a\n\tb ')).toBe('a b'))
it('clips by characters', () => expect([clip('😀😀😀', 2), clip('ab', 2)]).toEqual(['😀…', 'ab']))

it('escapes any text so that it can neither open a tag nor leave an attribute', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(html`${text}`.text).not.toMatch(/[<>"']/)
    }),
  )
})

it('does not escape markup twice', () =>
  expect(html`<p>${[html`<b>${'<'}</b>`, 1]}</p>`.text).toBe('<p><b>&lt;</b>1</p>'))

it('never prints a missing number as a number', () => {
  expect([countText(null), numberText(null), percentText(null), durationText(null)]).toEqual(['–', '–', '–', '–'])
})

it.each([
  [0, '0 ms'],
  [640, '640 ms'],
  [12_400, '12.4 s'],
  [60_000, '1 min'],
  [221_000, '3 min 41 s'],
  [14_400_000, '4 h 0 min'],
  [59_990, '1 min'],
])('writes %d ms as %s', (ms, text) => expect(durationText(ms)).toBe(text))
it.each([
  [0, '0:00'],
  [130, '2:10'],
  [3730, '1:02:10'],
  [59.7, '1:00'],
])('writes second %d as %s', (seconds, text) => expect(clockText(seconds)).toBe(text))
it('shortens a hash only when it is long', () =>
  expect([hashText('abc'), hashText('0123456789abcdef01')]).toEqual(['abc', '01234567…ef01']))
