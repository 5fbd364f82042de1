import { expect, test } from 'vitest'
import type { RunEvent } from '../model/event.ts'
import type { AcksLine } from '../model/window.ts'
import { readFailure, readWrites, writesText } from './writes.ts'

type Audit = Extract<RunEvent, { type: 'audit.done' }>

const acks = (fromMs: number, ...ranges: AcksLine['ranges']): AcksLine => ({
  type: 'acks',
  scenario: 'buy',
  fromUs: fromMs * 1000,
  toUs: (fromMs + 200) * 1000,
  ranges,
})
const lines = [acks(1_000, [0, 99]), acks(2_000, [100, 149], [160, 199])]

const read = (audit: Partial<Audit>) =>
  readWrites(
    {
      type: 'audit.done',
      atMs: 1,
      checked: 190,
      acknowledged: 190,
      lostCount: 0,
      lost: [],
      duplicates: 0,
      ...audit,
    },
    lines,
    'run',
  )

test('acknowledged is what the record holds, not what the audit says', () => {
  expect(read({ checked: 40, acknowledged: 40 })).toMatchObject({
    acknowledged: 190,
    checked: 40,
    lost: 0,
    distrust: 'only 40 of 190 acknowledged writes were read back',
  })
  expect(read({})).toMatchObject({ acknowledged: 190, distrust: null })
  expect(read({ checked: 191 })?.distrust).toBe('more writes were read back than were acknowledged (191 of 190)')
})

test('lost writes stand at their acknowledgements', () => {
  const writes = read({
    lostCount: 5,
    lostRanges: [
      {
        scenario: 'buy',
        ranges: [
          [98, 100],
          [170, 171],
        ],
      },
    ],
  })
  expect(writes).toMatchObject({ lost: 5, distrust: null })
  expect(writes?.spans).toEqual([
    { fromMs: 1_000, toMs: 1_200, acknowledged: 100, lost: 2 },
    { fromMs: 2_000, toMs: 2_200, acknowledged: 90, lost: 3 },
  ])
})

test('ids that were never acknowledged in this run are no losses, and nothing good is known then', () => {
  const ranges = { lostCount: 4, lostRanges: [{ scenario: 'buy', ranges: [[148, 151]] as [number, number][] }] }
  expect(read(ranges)).toMatchObject({ lost: 2, distrust: expect.stringContaining('2 lost ids') })
  const ids = { lostCount: 3, lost: ['run-buy-0', 'other-buy-1', 'run-sell-0'] }
  expect(read(ids)).toMatchObject({ lost: 1, distrust: expect.stringContaining('2 lost ids') })
  expect(read({ unknownCount: 1 })?.distrust).toContain('1 lost id that')
})

test('an old record names its lost ids, up to a thousand of them; the others are lost at unknown times', () => {
  const writes = read({ lostCount: 7, lost: ['run-buy-0', 'run-buy-120'] })
  expect(writes).toMatchObject({ lost: 7, distrust: null })
  expect(writes?.spans.map(({ lost }) => lost)).toEqual([1, 1])
})

test('lost and late are told apart', () => {
  const writes = read({ lostCount: 1, lost: ['run-buy-0'], lateCount: 60, latestMs: 5_100 })
  expect(writes && writesText(writes)).toBe(
    '190 acknowledged writes: 1 lost, 60 late (the last was found 5.1 s after the first read)',
  )
  const none = read({})
  expect(none && writesText(none)).toBe(null)
})

test.each([
  ['http://127.0.0.1/orders?ids=run-buy-0,run-buy-1 answered 414', 'the final read was refused (HTTP 414)'],
  ['http://127.0.0.1/orders answered 503', 'the final read failed (HTTP 503)'],
  ['fetch failed', 'the final read did not complete: fetch failed'],
  ['no route to http://x/orders?ids=a,b,c now', 'the final read did not complete: no route to http://x/orders?… now'],
  [null, 'the final read did not complete'],
])('why a read failed: %s', (reason, text) => {
  expect(readFailure(reason)).toBe(text)
})

test('a long reason is cut', () => {
  expect(readFailure('x'.repeat(3_000)).length).toBeLessThan(200)
})
