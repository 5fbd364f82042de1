import { expect, it } from 'vitest'
import { errorObjective, latencyObjective, makeRecord, type RunSpec } from '../test/fixtures/record.ts'
import { judge } from './judge.ts'

const run: RunSpec = {
  warmUpS: 2,
  steadyS: 20,
  faultsS: 5,
  recoveryS: 30,
  stableForS: 5,
  faults: [{ atS: 22, holdS: 5 }],
  streams: [
    { perSecond: 100, name: 'GET /' },
    { perSecond: 0.5, name: 'GET /small', scenario: 'small' },
  ],
  objectives: [latencyObjective({ names: ['GET /'] }), errorObjective({ names: ['GET /'] })],
}

const judged = async (more: Partial<RunSpec>, events = (all: ReturnType<typeof makeRecord>['events']) => all) => {
  const record = makeRecord({ ...run, ...more })
  return (await judge({ ...record, events: events(record.events), lines: record.lines() })).verdict
}

it('passes a run whose load was all sent', async () => {
  expect(await judged({})).toMatchObject({ result: 'pass', invalidReasons: [] })
})

it('calls a run invalid whose load stopped after the recovery', async () => {
  const troubles = [{ kind: 'noLoad' as const, fromS: 42, toS: 57, names: ['GET /'] }]
  const { result, invalidReasons } = await judged({ troubles })
  expect(result).toBe('invalid')
  expect(invalidReasons.join()).toMatch(
    /of the recovered load of flood was not delivered although virtual users were free/,
  )
})

it('does not let a large scenario hide a small one that was not sent', async () => {
  const { result, invalidReasons } = await judged({
    troubles: [{ kind: 'noLoad', fromS: 0, toS: 57, names: ['GET /small'] }],
  })
  expect(result).toBe('invalid')
  expect(invalidReasons.join()).toMatch(/of the steady load of small was not delivered/)
})

it('is inconclusive where nothing says that the load ended', async () => {
  const { result } = await judged({}, (all) => all.filter(({ type }) => type !== 'load.ended'))
  expect(result).toBe('inconclusive')
})
