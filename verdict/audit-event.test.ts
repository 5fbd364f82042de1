import { expect, it } from 'vitest'
import { errorObjective, makeRecord, resilienceObjective } from '../test/fixtures/record.ts'
import { judge } from './judge.ts'

/** A run of 150 s that lost nothing by its audit, of which the event says something else. */
const judged = async (more: object) => {
  const { plan, events, lines } = makeRecord({
    ...{ steadyS: 150, streams: [{ perSecond: 20 }], audit: {} },
    objectives: [errorObjective(), resilienceObjective('lostWrites', 0)],
  })
  const changed = events.map((event) => (event.type === 'audit.done' ? { ...event, ...more } : event))
  return (await judge({ plan, events: changed, lines: lines() })).verdict
}

it.each([
  { lost: null },
  { lost: null, lostRanges: undefined },
  { lost: [7] },
  { lostRanges: null },
  { lostRanges: [null] },
  { lostRanges: [{ scenario: 'flood' }] },
  { lostRanges: [{ scenario: 'flood', ranges: [[9, 3]] }] },
  { lostRanges: [{ scenario: 'flood', ranges: [[-4, 3]] }] },
  { lostRanges: [{ ranges: [[3, 9]] }] },
  { checked: -1 },
  { lostCount: 0.5 },
  { lateCount: -3 },
  { unknownCount: '1' },
  { duplicates: -1 },
  { latestMs: 'soon' },
])('an audit that cannot be what it says is a damaged event: %j', async (more) => {
  const verdict = await judged(more)
  expect(verdict.result).toBe('inconclusive')
  expect(`${verdict.sentence} ${verdict.detail}`).toContain('1 event of the record could not be read')
})

it.each([
  {},
  { lost: undefined },
  { lost: undefined, lostRanges: undefined },
  { lateCount: undefined, duplicates: null },
])('an older record may lack what was not kept then: %j', async (more) => {
  expect((await judged(more)).result).toBe('pass')
})
