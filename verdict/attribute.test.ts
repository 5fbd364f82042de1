import { expect, it } from 'vitest'
import { attribute } from './attribute.ts'

const each = (n: number, value: (at: number) => number) => Array.from({ length: n }, (_, at) => value(at))

it('samples that always come 20 s late stand where their iterations started', () => {
  const needed = each(60, (at) => (at < 40 ? 5 : 0))
  const seen = each(60, (at) => (at >= 20 ? 5 : 0))
  const attributed = attribute(
    needed,
    seen,
    each(60, () => 20),
  )
  expect([...attributed]).toEqual(needed)
})

it('a hole is filled by no more than its last second and its long iterations lack, and no sample is lost', () => {
  const seen = each(60, (at) => (at >= 20 && at < 30 ? 0 : 5))
  const attributed = attribute(
    each(60, () => 5),
    [...seen.slice(0, 40), 8, ...seen.slice(41)],
    each(60, (at) => (at === 25 ? 25 : 0.1)),
  )
  expect([...attributed.slice(20, 30)].reduce((a, b) => a + b)).toBe(10)
  expect([...attributed].reduce((a, b) => a + b)).toBe(253)
})
