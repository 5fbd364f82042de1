import { describe, expect, it } from 'vitest'
import { HoldfastError } from '../../model/errors.ts'
import { actionNames, type FaultBase } from '../../model/fault.ts'
import { drain } from './drain.ts'
import { faultKind, faults } from './index.ts'
import { restart } from './restart.ts'
import { rollout } from './rollout.ts'
import { scale } from './scale.ts'

const held = { at: '0s', for: '10s' }

describe('what a fault does to a cluster itself', () => {
  it.each<[FaultBase, string, object]>([
    [
      scale({ target: 'worker', replicas: 0, ...held }),
      'scale worker to 0',
      { action: 'scale', component: 'worker', replicas: 0, timeoutMs: 60_000 },
    ],
    [
      restart({ target: 'api', at: '0s', timeout: '5m' }),
      'restart api',
      { action: 'restart', component: 'api', timeoutMs: 300_000 },
    ],
    [
      rollout({ target: 'api', image: 'shop/api:2', env: { MODE: 'new' }, ...held }),
      'roll out shop/api:2, MODE on api',
      {
        action: 'rollout',
        component: 'api',
        container: null,
        image: 'shop/api:2',
        env: { MODE: 'new' },
        completes: true,
        timeoutMs: 60_000,
      },
    ],
    [drain({ node: 'n1', ...held }), 'drain n1', { action: 'drain', node: 'n1', target: null, timeoutMs: 60_000 }],
    [
      drain({ target: 'worker-1', ...held }),
      'drain the node of worker-1',
      { action: 'drain', node: null, target: 'worker-1', timeoutMs: 60_000 },
    ],
  ])('%j', (fault, label, action) => {
    const kind = faultKind(fault.kind)
    const checked = kind?.parse(fault, 'here') as FaultBase
    expect(kind?.label(checked)).toBe(label)
    expect(kind?.kubernetes?.(checked)).toEqual(action)
    expect(kind?.environments).toEqual(['kubernetes'])
  })

  it('has a case for every kind above', () => {
    const kinds = Object.values(faults).filter((kind) => 'kubernetes' in kind)
    expect(kinds.map(({ kind }) => kind)).toEqual(actionNames)
  })
})

describe('parameters', () => {
  it.each([
    [{ kind: 'scale', ...held, target: 'api', replicas: -1 }, 'replicas: must not be negative'],
    [{ kind: 'scale', ...held, target: 'api' }, 'replicas: is missing'],
    [{ kind: 'scale', at: '0s', target: 'api', replicas: 1 }, 'for: is missing'],
    [{ kind: 'rollout', ...held, target: 'api' }, 'must hold image or env'],
    [{ kind: 'rollout', ...held, target: 'api', env: {} }, 'must hold image or env'],
    [{ kind: 'rollout', ...held, target: 'api', image: 'two words' }, 'image: must be the name of an image'],
    [{ kind: 'drain', ...held }, 'must hold either node or target'],
    [{ kind: 'drain', ...held, node: 'n1', target: 'api' }, 'must hold either node or target'],
  ])('of %j are refused', (fault, line) => {
    expect(() => faultKind(fault.kind)?.parse(fault, 'faults[0]')).toThrow(new HoldfastError(`faults[0]: ${line}`))
  })

  it('a time for what happens once', () => {
    const fault = { kind: 'restart', ...held, target: 'api' }
    expect(() => faultKind('restart')?.parse(fault, 'faults[0]')).toThrow('faults[0]: for: unknown key')
  })

  it('a variable without a name', () => {
    const fault = { kind: 'rollout', ...held, target: 'api', env: { '': 'x' } }
    expect(() => faultKind('rollout')?.parse(fault, 'faults[0]')).toThrow(/^faults\[0\]: env/)
  })
})
