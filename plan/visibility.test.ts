import { expect, it } from 'vitest'
import type { ResilienceObjective } from '../model/objective.ts'
import { errorObjective, makeRecord, resilienceObjective } from '../test/fixtures/record.ts'
import { tooSeldom } from './visibility.ts'

const seldom = (perSecond: number, valueMs: number) => {
  const objective = { ...resilienceObjective('recoveryTime', valueMs), sliIds: ['errors'] } as ResilienceObjective
  const objectives = [errorObjective(), objective]
  const faults = [{ atS: 50, holdS: 4 }]
  const { plan } = makeRecord({ steadyS: 40, faultsS: 4, recoveryS: 60, streams: [{ perSecond }], objectives, faults })
  return tooSeldom(objective, objectives, { ...plan, hasAudit: false })
}

it('names the rate that shows an outage as short as the objective allows', () => {
  expect(seldom(2, 1500)).toMatchObject({
    provable: false,
    text: 'no: errors has 2/s, and an outage shows by 5 bad requests in a row; 3.4/s would show one of 1.5 s',
  })
  expect(seldom(2, 2500)).toBeNull()
  expect(seldom(100, 1500)).toBeNull()
})
