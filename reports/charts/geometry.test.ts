import { describe, expect, it } from 'vitest'
import { placeLabels } from './labels.ts'
import { linearAxis, logAxis, positiveRange, spread, timeTicks } from './scales.ts'

describe('placeLabels', () => {
  const label = (x: number, text: string) => ({ x, text, short: text.slice(0, 1) })

  it('keeps apart labels in one row, and puts one that would overlap below', () => {
    const placed = placeLabels([label(0, 'aaaaaaaaaa'), label(50, 'bbb'), label(200, 'ccc')], 1000, 3)
    expect(placed.map(({ row, text }) => [row, text])).toEqual([
      [0, 'aaaaaaaaaa'],
      [1, 'bbb'],
      [0, 'ccc'],
    ])
  })

  it('ends a label at its place where it would leave the chart', () => {
    expect(placeLabels([label(95, 'aaa')], 100, 1)).toMatchObject([{ anchor: 'end', text: 'aaa' }])
  })

  it('shows the short forms of all when the names do not fit', () => {
    const placed = placeLabels(
      Array.from({ length: 10 }, (_, index) => label(index * 30, `${index} a rather long name`)),
      400,
      3,
    )
    expect(placed.map(({ text, row }) => [text, row])).toEqual(
      Array.from({ length: 10 }, (_, index) => [String(index), 0]),
    )
  })

  it('never loses a label, not even where all stand at the same place', () => {
    const placed = placeLabels(
      Array.from({ length: 5 }, () => label(399, 'x long name')),
      400,
      3,
    )
    expect(new Set(placed.map(({ row }) => row)).size).toBe(5)
  })
})

describe('axes', () => {
  it('has no range without a positive number', () => {
    expect(positiveRange([null, 0, -1, Number.NaN, Number.POSITIVE_INFINITY])).toBeNull()
    expect(positiveRange([null, 3, 0.5])).toEqual([0.5, 3])
  })

  it.each([
    [20, 300],
    [0.002, 90_000],
    [61, 61],
    [1, 1],
    [0.3, 0.3],
  ])('spans %d to %d on a log axis', (low, high) => {
    const {
      domain: [from, to],
      ticks,
    } = logAxis([low, high])
    expect(from).toBeLessThanOrEqual(low)
    expect(to).toBeGreaterThanOrEqual(high)
    expect(to).toBeGreaterThan(from)
    expect(ticks.length).toBeGreaterThanOrEqual(2)
    expect(ticks.length).toBeLessThanOrEqual(9)
  })

  it.each([
    [0, 1],
    [1004, 1004],
    [0.012, 0.012],
    [0.6, 0.6],
  ])('starts a linear axis at 0 and reaches %d', (highest, reached) => {
    const { domain, ticks } = linearAxis(highest)
    expect(domain[0]).toBe(0)
    expect(domain[1]).toBeGreaterThanOrEqual(reached)
    expect(ticks.length).toBeGreaterThanOrEqual(2)
    expect(ticks.every((tick) => String(tick).length < 8)).toBe(true)
  })

  it.each([12, 180, 3600, 86_400, 2_000_000])('labels at most eleven moments of %d seconds', (endS) => {
    expect(timeTicks(endS).length).toBeLessThanOrEqual(11)
    expect(timeTicks(endS).length).toBeGreaterThanOrEqual(2)
  })

  it('spreads labels that stand too close, within their bounds', () => {
    expect(spread([10, 11, 50], 12, 0, 60)).toEqual([10, 22, 50])
    expect(spread([58, 59, 60], 12, 0, 60)).toEqual([36, 48, 60])
  })
})
