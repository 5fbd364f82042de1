import fc from 'fast-check'
import { expect, test } from 'vitest'
import { countCommon, countRanges, inRanges, mergeRanges, type Ranges } from './ranges.ts'

const ranges = fc
  .array(fc.tuple(fc.nat(60), fc.nat(8)), { maxLength: 12 })
  .map((pairs): Ranges => pairs.map(([from, length]) => [from, from + length]))

const numbers = (list: Ranges): Set<number> =>
  new Set(list.flatMap(([from, to]) => Array.from({ length: to - from + 1 }, (_, i) => from + i)))

test('ranges are the sets of their numbers', () => {
  fc.assert(
    fc.property(ranges, ranges, (a, b) => {
      const [own, other] = [mergeRanges(a), mergeRanges(b)]
      expect(numbers(own)).toEqual(new Set([...numbers(a)].sort((x, y) => x - y)))
      expect(countRanges(own)).toBe(numbers(a).size)
      expect(countCommon(own, other)).toBe([...numbers(a)].filter((n) => numbers(b).has(n)).length)
      for (let n = 0; n < 75; n++) expect(inRanges(own, n)).toBe(numbers(a).has(n))
    }),
  )
})

test('the given ranges are left as they are', () => {
  const given: Ranges = [
    [5, 6],
    [0, 4],
  ]
  expect(mergeRanges(given)).toEqual([[0, 6]])
  expect(given).toEqual([
    [5, 6],
    [0, 4],
  ])
})
