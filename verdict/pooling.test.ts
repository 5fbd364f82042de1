import { describe, expect, it } from 'vitest'
import type { PoolOptions } from './pooling.ts'
import { poolWindows } from './pooling.ts'
import { seededRandom } from './random.ts'
import type { Seconds } from './seconds.ts'
import { newSeconds } from './seconds.ts'

/** Columns from `[due, bad, answered]` per second; answered is due unless told. */
const columns = (rows: [due: number, bad?: number, answered?: number][]): Seconds => {
  const seconds = newSeconds(rows.length)
  rows.forEach(([due, bad = 0, answered = due], at) => {
    seconds.due[at] = due
    seconds.bad[at] = bad
    seconds.answered[at] = answered
  })
  return seconds
}
const times = <T>(count: number, row: T): T[] => Array.from({ length: count }, () => row)
const pool = (seconds: Seconds, options: Partial<PoolOptions> = {}) =>
  poolWindows(seconds, { from: 0, to: seconds.length, cuts: new Set(), usualRatio: 0.05, ...options })
const shape = (seconds: Seconds, options?: Partial<PoolOptions>) =>
  pool(seconds, options).map(({ from, to, state }) => `${from}-${to} ${state}`)

describe('poolWindows', () => {
  it('gives a second of its own to 20 and more due requests', () => {
    expect(shape(columns(times(3, [20])))).toEqual(['0-1 good', '1-2 good', '2-3 good'])
  })

  it('pools low rates until 20 were due, longer than 10 s only below 2/s', () => {
    expect(shape(columns(times(20, [2])))).toEqual(['0-10 good', '10-20 good'])
    expect(shape(columns(times(40, [1])))).toEqual(['0-20 good', '20-40 good'])
  })

  it('calls seconds without load unknown, and never lets them into a window beside', () => {
    expect(
      shape(columns([...times(3, [50] as [number]), ...times(5, [0] as [number]), ...times(2, [50] as [number])])),
    ).toEqual(['0-1 good', '1-2 good', '2-3 good', '3-8 unknown', '8-9 good', '9-10 good'])
    expect(shape(columns(times(30, [0])))).toEqual(['0-30 unknown'])
  })

  it('does not take the pauses of a low rate for gaps', () => {
    const thrice = times(20, 0).flatMap((): [number][] => [[1], [0], [0]])
    expect(shape(columns([...thrice, [1]]))).toEqual(['0-58 good', '58-61 good'])
  })

  it('starts anew where a fault is injected', () => {
    expect(shape(columns(times(20, [2])), { cuts: new Set([13]) })).toEqual(['0-10 good', '10-13 good', '13-20 good'])
  })

  it('is bad when load was due and nothing completed', () => {
    expect(shape(columns([[50], [50, 50, 0], [4, 4, 0]]))).toEqual(['0-1 good', '1-2 bad', '2-3 bad'])
  })

  it('says nothing by a cut-off remainder of which nothing was answered, unless that is unlikely', () => {
    expect(shape(columns([[50], [1, 1, 0]]))).toEqual(['0-1 good', '1-2 unknown'])
    expect(shape(columns([[50], [3, 3, 0], [50]]), { cuts: new Set([2]) })).toEqual([
      '0-1 good',
      '1-2 unknown',
      '2-3 good',
    ])
    expect(shape(columns([[50], [4, 4, 0], [50]]), { cuts: new Set([2]) })[1]).toBe('1-2 bad')
  })

  it.each([
    // P(X >= k | 100, 0.05): 1.5e-4 for 15, 4e-5 for 16 (binomial table).
    { n: 100, bad: 14, state: 'good' },
    { n: 100, bad: 16, state: 'bad' },
    { n: 20, bad: 6, state: 'good' },
    { n: 20, bad: 7, state: 'bad' },
  ])('$bad bad of $n at 5 % allowed is $state', ({ n, bad, state }) => {
    expect(pool(columns([[n, bad]]))[0]?.state).toBe(state)
  })

  it('compares with the steady state where that is worse than the target', () => {
    expect(pool(columns([[100, 20]]), { usualRatio: 0.2 })[0]?.state).toBe('good')
  })

  it('sees no bad window in an hour of 3 % slow requests at 10/s, where 26 % of the seconds have one', () => {
    const random = seededRandom(7)
    const hour = columns(
      times(3600, 0).map((): [number, number] => [10, times(10, 0).filter(() => random() < 0.03).length]),
    )
    const badSeconds = [...hour.bad].filter((bad) => bad > 0).length
    expect(badSeconds / 3600).toBeCloseTo(0.26, 1)
    expect(pool(hour).filter((window) => window.state === 'bad')).toEqual([])
  })
})
