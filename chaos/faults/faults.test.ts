import { describe, expect, it } from 'vitest'
import { HoldfastError } from '../../model/errors.ts'
import type { FaultBase, TargetResolver } from '../../model/fault.ts'
import { bandwidth } from './bandwidth.ts'
import { command } from './command.ts'
import { connectionReset } from './connectionReset.ts'
import { cpuStress } from './cpuStress.ts'
import { freeze } from './freeze.ts'
import { faultKind, faults } from './index.ts'
import { kill } from './kill.ts'
import { latency } from './latency.ts'
import { memoryStress } from './memoryStress.ts'
import { none } from './none.ts'
import { partition } from './partition.ts'
import { unavailable } from './unavailable.ts'

const resolver: TargetResolver = {
  instances: (name) => (name === 'worker' ? ['worker-1', 'worker-2'] : [name]),
  link: (from, to) => [`${from}-${to}`],
}

const become = (fault: FaultBase) => {
  const kind = faultKind(fault.kind)
  if (!kind?.local) throw new Error(`${fault.kind} does not exist locally`)
  const checked = kind.parse(fault, 'here')
  return { label: kind.label(checked), injections: kind.local(checked, kind.target(checked, resolver)) }
}

const refusal = (fault: object & { kind: string }): string => {
  try {
    faultKind(fault.kind)?.parse(fault, 'faults[0]')
  } catch (error) {
    if (error instanceof HoldfastError) return `${error.message} | ${error.hint ?? ''}`
    throw error
  }
  throw new Error('was accepted')
}

describe('parameters', () => {
  const link = { at: '0s', for: '5s', from: 'api', to: 'postgres' }
  it.each([
    [{ kind: 'none', at: '0s' }, 'faults[0]: for: is missing | '],
    [{ kind: 'kill', target: 'api' }, 'faults[0]: at: is missing | '],
    [
      { kind: 'kill', target: 'api', at: '0s', for: '1s' },
      'faults[0]: for: unknown key | There are: at, title, probe, kind, target.',
    ],
    [
      { kind: 'kill', target: 'api', at: 'noon' },
      'faults[0]: at: "noon" is not a duration | Write a number and a unit: 250ms, 20s, 2m, 1h, 28d.',
    ],
    [{ kind: 'freeze', at: '0s', for: '1s', taget: 'api' }, 'faults[0]: taget: unknown key | Did you mean "target"?'],
    [
      { kind: 'unavailable', at: '0s', for: '-1s', target: 'api' },
      'faults[0]: for: "-1s" is not a duration | Write a number and a unit: 250ms, 20s, 2m, 1h, 28d.',
    ],
    [{ kind: 'latency', ...link, ms: 0 }, 'faults[0]: ms: must be at least 1 ms | '],
    [
      { kind: 'latency', ...link, ms: 10, jitterMs: 20 },
      'faults[0]: jitterMs: must not be larger than ms: a delay cannot be negative | ',
    ],
    [
      { kind: 'bandwidth', ...link, kilobytesPerSecond: 0 },
      'faults[0]: kilobytesPerSecond: must be at least 1; to cut a link write partition | ',
    ],
    [{ kind: 'partition', at: '0s', for: '1s', from: 'api' }, 'faults[0]: to: is missing | '],
    [
      { kind: 'connectionReset', ...link, ms: 3 },
      'faults[0]: ms: unknown key | There are: at, title, probe, for, kind, from, to.',
    ],
    [
      { kind: 'cpuStress', at: '0s', for: '1s', target: 'api', loadRatio: 80 },
      'faults[0]: loadRatio: must be at most 1 | ',
    ],
    [
      { kind: 'memoryStress', at: '0s', for: '1s', target: 'api', megabytes: 1e6 },
      'faults[0]: megabytes: must be at most 4096 | ',
    ],
    [
      { kind: 'command', at: '0s', for: '1s', title: 't', inject: ['a'], probe: ['b'], undo: [] },
      'faults[0]: undo: must hold a program | ',
    ],
  ])('of %j are refused', (fault, line) => {
    expect(refusal(fault)).toBe(line)
  })
})

describe('what a fault becomes on one machine', () => {
  const held = { at: '0s', for: '10s' }
  const cases: [fault: FaultBase, label: string, injections: object[]][] = [
    [none(held), 'no fault', [{ driver: 'none' }]],
    [
      kill({ target: 'worker', at: '0s' }),
      'kill worker',
      [
        { driver: 'process', action: 'kill', instance: 'worker-1' },
        { driver: 'process', action: 'kill', instance: 'worker-2' },
      ],
    ],
    [
      unavailable({ target: 'api', ...held }),
      'take down api',
      [{ driver: 'process', action: 'hold', instance: 'api' }],
    ],
    [freeze({ target: 'api', ...held }), 'freeze api', [{ driver: 'process', action: 'freeze', instance: 'api' }]],
    [
      latency({ from: 'api', to: 'postgres', ms: 400, jitterMs: 50, ...held }),
      'latency 400 ms ± 50 ms api → postgres',
      [proxied({ name: 'latency', type: 'latency', stream: 'downstream', attributes: { latency: 400, jitter: 50 } })],
    ],
    [
      bandwidth({ from: 'api', to: 'postgres', kilobytesPerSecond: 8, ...held }),
      'bandwidth 8 kB/s api → postgres',
      [
        proxied(
          { name: 'bandwidth-upstream', type: 'bandwidth', stream: 'upstream', attributes: { rate: 8 } },
          { name: 'bandwidth-downstream', type: 'bandwidth', stream: 'downstream', attributes: { rate: 8 } },
        ),
      ],
    ],
    [
      partition({ from: 'api', to: 'postgres', ...held }),
      'partition api ⇹ postgres',
      [
        proxied(
          { name: 'cut-upstream', type: 'bandwidth', stream: 'upstream', attributes: { rate: 0 } },
          { name: 'cut-downstream', type: 'bandwidth', stream: 'downstream', attributes: { rate: 0 } },
        ),
      ],
    ],
    [
      connectionReset({ from: 'api', to: 'postgres', ...held }),
      'reset connections api → postgres',
      [proxied({ name: 'reset', type: 'reset_peer', stream: 'upstream', attributes: { timeout: 0 } })],
    ],
    [
      cpuStress({ target: 'api', loadRatio: 0.5, ...held }),
      'CPU stress 50 % on api',
      [{ driver: 'stress', resource: 'cpu', instance: 'api', workers: 1, loadRatio: 0.5, deadlineMs: 15_000 }],
    ],
    [
      memoryStress({ target: 'api', megabytes: 64, ...held }),
      'memory stress 64 MB beside api',
      [{ driver: 'stress', resource: 'memory', instance: 'api', bytes: 64_000_000, deadlineMs: 15_000 }],
    ],
    [
      command({ title: 'drain', inject: ['a', '1'], probe: ['b'], undo: ['c'], timeout: '2s', ...held }),
      'drain',
      [
        {
          driver: 'command',
          inject: { argv: ['a', '1'], timeoutMs: 2000 },
          probe: { argv: ['b'], timeoutMs: 2000 },
          undo: { argv: ['c'], timeoutMs: 2000 },
        },
      ],
    ],
  ]

  it('a command without undo and for happens once', () => {
    const once = command({ title: 'kill', inject: ['a'], probe: ['b'], at: '0s' })
    expect(become(once)).toMatchObject({
      injections: [{ driver: 'command', inject: { argv: ['a'] }, probe: { argv: ['b'] } }],
    })
    expect(become(once).injections[0]).not.toHaveProperty('undo')
    const oneShot = faults.command.oneShot as (fault: unknown) => boolean
    expect([oneShot(once), oneShot({ ...once, undo: ['c'] })]).toEqual([true, false])
    expect(() => faults.command.parse({ ...once, undo: ['c'] }, 'x.ts')).toThrow('x.ts: for: is missing')
    expect(() => faults.command.parse({ ...once, for: '5s' }, 'x.ts')).toThrow('x.ts: undo: is missing')
  })

  it.each(cases)('%j', (fault, label, injections) => {
    expect(become(fault)).toEqual({ label, injections })
  })

  it('has a case above for every kind', () => {
    const here = Object.values(faults).filter((kind) => 'local' in kind)
    expect(new Set(cases.map(([{ kind }]) => kind))).toEqual(new Set(here.map(({ kind }) => kind)))
  })
})

it('every kind is filed under its own name, and only one-shots need no removal', () => {
  for (const [name, kind] of Object.entries(faults)) {
    expect(kind.kind).toBe(name)
    if (!['chaosMesh', 'command'].includes(name)) expect(kind.oneShot).toBe(['kill', 'restart'].includes(name))
  }
  expect(faultKind('toString')).toBeUndefined()
})

function proxied(...toxics: object[]) {
  return { driver: 'proxy', proxy: 'api-postgres', toxics }
}
