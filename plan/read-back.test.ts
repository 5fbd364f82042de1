import { expect, test } from 'vitest'
import type { AuditResult } from '../model/system.ts'
import { readBackOf } from './read-back.ts'

const audited = { name: 'shop', audit: async (): Promise<AuditResult> => ({ lost: [], checked: 0, duplicates: null }) }

test.each([
  [undefined, 30_000],
  ['5s', 5_000],
  ['0s', 0],
  ['1h', 3_600_000],
])('readBackWithin %s is %d ms', (readBackWithin, readBackWithinMs) => {
  expect(readBackOf({ readBackWithin }, audited, 'x.ts')).toEqual({ readBackWithinMs })
})

test('a system without an audit reads nothing back, and waits for nothing', () => {
  expect(readBackOf({}, { name: 'shop' }, 'x.ts')).toEqual({})
  expect(() => readBackOf({ readBackWithin: '5s' }, { name: 'shop' }, 'x.ts')).toThrow(
    'x.ts: readBackWithin: shop has no audit, so no write is read back',
  )
})

test('more than an hour is refused', () => {
  expect(() => readBackOf({ readBackWithin: '61m' }, audited, 'x.ts')).toThrow(
    'x.ts: readBackWithin: 61m is longer than 1h',
  )
})
