import { expect, test } from 'vitest'
import { demoPlan } from '../test/fixtures/plan.ts'
import { shareCpus, splitCpus } from './cpus.ts'

const status = (list: string) => `Name:\tnode\nCpus_allowed:\tff\nCpus_allowed_list:\t${list}\nMems_allowed:\t1\n`

test.each(['', '3', 'x'])('fewer than two CPUs can not be shared: %j', (list) => {
  expect(() => splitCpus(status(list))).toThrow()
})

test.each([
  ['0-1', { load: '0', system: '1' }],
  ['0-3,8', { load: '0', system: '1,2,3,8' }],
  ['4,6-7', { load: '4', system: '6,7' }],
])('%s', (list, shares) => {
  expect(splitCpus(status(list))).toEqual(shares)
})

test('without CPU stress nobody is pinned', () => {
  expect(shareCpus(demoPlan)).toMatchObject({ load: null, system: null })
})
