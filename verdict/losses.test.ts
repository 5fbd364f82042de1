import { expect, test } from 'vitest'
import type { SliRecovery } from '../model/verdict.ts'
import { chargeLosses } from './losses.ts'
import type { RecoveredGroup } from './recover-groups.ts'
import type { AckSpan, Writes } from './writes.ts'

/** A group of one fault that was injected and removed, and whose effect was over at a time; seconds. */
const group = (injectedS: number, removedS: number, recoveredS: number | null, nextS: number | null = null) => {
  const edge = (s: number) => ({ atMs: s * 1000 + 5, calledAtMs: s * 1000, widthMs: 10 })
  const sli = { state: recoveredS === null ? 'not-recovered' : 'recovered', recoveredAtMs: (recoveredS ?? 0) * 1000 }
  return {
    group: {
      members: [],
      injected: edge(injectedS),
      removed: edge(removedS),
      oneShot: false,
      censoredAtMs: nextS === null ? null : nextS * 1000,
    },
    perSli: [sli as SliRecovery],
  } satisfies RecoveredGroup
}

/** Ten acknowledgements in each fifth of a second from 0 to 100 s, of which some are lost. */
const writesOf = (lostAt: (second: number) => number): Writes => {
  const spans = Array.from({ length: 500 }, (_, i): AckSpan => {
    const fromMs = i * 200
    return { fromMs, toMs: fromMs + 199, acknowledged: 10, lost: lostAt(fromMs / 1000) }
  })
  const lost = spans.reduce((sum, span) => sum + span.lost, 0)
  return { acknowledged: 5_000, checked: 5_000, lost, late: 0, latestMs: null, duplicates: 0, distrust: null, spans }
}

const between = (fromS: number, toS: number, count: number) => (second: number) =>
  second >= fromS && second < toS ? count : 0

const charge = (writes: Writes, ...groups: RecoveredGroup[]) => {
  const { byGroup, outside } = chargeLosses(writes, groups)
  return {
    charged: groups.map((one) => byGroup.get(one.group)?.lostWrites ?? 0),
    outside,
    first: groups[0] && byGroup.get(groups[0].group),
  }
}

test.each([
  ['from the injection to the recovery', between(40, 52, 1), [60], 0],
  ['in the last second, whose requests ended later', between(52, 53, 1), [5], 0],
  ['long after the recovery', between(60, 70, 1), [0], 50],
  ['in the last seconds of the load: a read that lags', between(95, 100, 10), [0], 250],
  ['right before the injection, perhaps not yet stored', between(38.4, 40, 1), [8], 0],
  ['long before the injection', between(20, 30, 1), [0], 50],
  ['since long before the injection, all of them: nothing was stored', between(30, 40, 10), [500], 0],
  ['all the time, a few', (second: number) => (second % 1 === 0 ? 1 : 0), [16], 84],
])('lost %s', (_, lostAt, charged, outside) => {
  expect(charge(writesOf(lostAt), group(40, 45, 52))).toMatchObject({ charged, outside })
})

test('a fault that was never over has all that follows, up to the next injection', () => {
  const groups = [group(40, 45, null, 70), group(70, 75, 80)]
  expect(charge(writesOf(between(60, 65, 1)), ...groups).charged).toEqual([25, 0])
  expect(charge(writesOf(between(72, 73, 1)), ...groups).charged).toEqual([0, 5])
  expect(charge(writesOf(between(90, 91, 1)), ...groups)).toMatchObject({ charged: [0, 0], outside: 5 })
})

test('the RPO reaches from the newest lost write, or the injection, back to the oldest', () => {
  expect(charge(writesOf(between(38.4, 39, 1)), group(40, 45, 52)).first?.rpoMs).toBe(40_005 - 38_400)
  expect(charge(writesOf(between(41, 44, 1)), group(40, 45, 52)).first?.rpoMs).toBe(43_999 - 41_000)
})

test('what was lost without any fault, or is not known when, is charged to none', () => {
  expect(charge(writesOf(between(40, 45, 1)))).toMatchObject({ charged: [], outside: 25 })
  const unknown = { ...writesOf(() => 0), lost: 7 }
  expect(charge(unknown, group(40, 45, 52))).toMatchObject({ charged: [0], outside: 7 })
})
