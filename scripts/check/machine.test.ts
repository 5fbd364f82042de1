import { expect, test } from 'vitest'
import { HoldfastError } from '../../model/errors.ts'
import { cpuFinding, finding, parseCpuMax } from './machine.ts'

test.each([
  ['max 100000\n', null],
  ['150000 100000', 1.5],
  ['50000 100000', 0.5],
])('cpu.max %j', (text, cpus) => {
  expect(parseCpuMax(text)).toBe(cpus)
})

test.each([
  [1, null, 'warning'],
  [8, 1.5, 'warning'],
  [2, null, 'ok'],
  [8, 2, 'ok'],
] as const)('%s CPUs, granted %s', (cpus, quota, state) => {
  expect(cpuFinding(cpus, quota).state).toBe(state)
})

test('an error is a finding with its hint', async () => {
  const look = () => {
    throw new HoldfastError('refused', { hint: 'allow it' })
  }
  expect(await finding('namespaces', look)).toEqual({
    name: 'namespaces',
    state: 'failed',
    detail: 'refused',
    hint: 'allow it',
  })
})
