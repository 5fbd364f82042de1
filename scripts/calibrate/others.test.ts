import { expect, it } from 'vitest'
import { calibrateDifferences, differenceLevels } from './differences.ts'
import { calibrateGrowth, noises } from './growth.ts'

const seed = 3
/** Four standard deviations above the 6 % that are promised. */
const most = (records: number): number => records * (0.06 + 4 * Math.sqrt((0.06 * 0.94) / records))

it.each(differenceLevels.slice(0, 3))('two runs of one system are seldom told apart: $name', (level) => {
  const records = 40
  const { slower, faster } = calibrateDifferences(level, 60, 1, records, seed)
  expect(slower).toBeLessThanOrEqual(most(records))
  expect(faster).toBeLessThanOrEqual(most(records))
})

it('a slowdown of a quarter is found where nothing else moves', () => {
  const [independent] = differenceLevels
  if (!independent) throw new Error('no level')
  expect(calibrateDifferences(independent, 60, 1, 10, seed).found).toBe(10)
})

it.each(Object.entries(noises).slice(0, 3))('memory that does not grow is seldom proven to: %s', (_, noise) => {
  const records = 200
  const { grows, shrinks } = calibrateGrowth(noise, 120, records, seed)
  expect(grows).toBeLessThanOrEqual(most(records))
  expect(shrinks).toBeLessThanOrEqual(most(records))
})

it('memory that grows is proven to', () => {
  const [name] = Object.keys(noises)
  const { found } = calibrateGrowth(noises[name ?? ''] ?? (() => []), 300, 20, seed)
  expect(found.at(-1)).toBe(20)
})
