import { describe, expect, it } from 'vitest'
import { HoldfastError } from '../../model/errors.ts'
import type { FaultBase, PodsOf } from '../../model/fault.ts'
import { bandwidth } from './bandwidth.ts'
import { chaosMesh } from './chaosMesh.ts'
import { clockSkew } from './clockSkew.ts'
import { cpuStress } from './cpuStress.ts'
import { dnsFault } from './dnsFault.ts'
import { httpFault } from './httpFault.ts'
import { faultKind, faults } from './index.ts'
import { ioFault } from './ioFault.ts'
import { kill } from './kill.ts'
import { latency } from './latency.ts'
import { memoryStress } from './memoryStress.ts'
import { packetLoss } from './packetLoss.ts'
import { partition } from './partition.ts'
import { unavailable } from './unavailable.ts'

const running: ['Running'] = ['Running']
const selector = (app: string) => ({ namespaces: ['shop'], labelSelectors: { app }, podPhaseSelectors: running })
const pods: PodsOf = (name) => ({
  mode: name.endsWith('-1') ? 'one' : 'all',
  selector: selector(name.replace('-1', '')),
})

const held = { at: '0s', for: '10s' }
const link = { from: 'api', to: 'db' }
const api = { mode: 'all', selector: selector('api') }
const both = { ...api, target: { mode: 'all', selector: selector('db') } }

describe('what a fault becomes in a cluster', () => {
  it.each<[FaultBase, string, string, object]>([
    [
      kill({ target: 'worker-1', at: '0s' }),
      'kill worker-1',
      'PodChaos',
      { action: 'pod-kill', gracePeriod: 0, mode: 'one', selector: selector('worker') },
    ],
    [unavailable({ target: 'api', ...held }), 'take down api', 'PodChaos', { action: 'pod-failure', ...api }],
    [
      latency({ ...link, ms: 400, jitterMs: 50, ...held }),
      'latency 400 ms ± 50 ms api → db',
      'NetworkChaos',
      { action: 'delay', direction: 'to', ...both, delay: { latency: '400ms', jitter: '50ms' } },
    ],
    [
      bandwidth({ ...link, kilobytesPerSecond: 8000, ...held }),
      'bandwidth 8000 kB/s api → db',
      'NetworkChaos',
      {
        action: 'bandwidth',
        direction: 'both',
        ...both,
        bandwidth: { rate: '64000kbit', limit: 8_000_000, buffer: 80_000 },
      },
    ],
    [
      partition({ ...link, ...held }),
      'partition api ⇹ db',
      'NetworkChaos',
      { action: 'partition', direction: 'both', ...both },
    ],
    [
      packetLoss({ ...link, lossRatio: 0.07, ...held }),
      'packet loss 7 % api → db',
      'NetworkChaos',
      { action: 'loss', direction: 'both', ...both, loss: { loss: '7' } },
    ],
    [
      cpuStress({ target: 'api', workers: 2, loadRatio: 0.5, ...held }),
      'CPU stress 50 % × 2 on api',
      'StressChaos',
      { ...api, stressors: { cpu: { workers: 2, load: 50 } } },
    ],
    [
      memoryStress({ target: 'api', megabytes: 64, ...held }),
      'memory stress 64 MB beside api',
      'StressChaos',
      { ...api, stressors: { memory: { workers: 1, size: '64MB' } } },
    ],
    [
      httpFault({ target: 'api', port: 8080, path: '/orders/*', method: 'POST', status: 503, ...held }),
      'HTTP answer 503 on api POST /orders/*',
      'HTTPChaos',
      { ...api, target: 'Response', port: 8080, path: '/orders/*', method: 'POST', replace: { code: 503 } },
    ],
    [
      httpFault({ target: 'api', port: 8080, abort: true, ...held }),
      'HTTP cut off on api',
      'HTTPChaos',
      { ...api, target: 'Request', port: 8080, path: '*', abort: true },
    ],
    [
      httpFault({ target: 'api', port: 8080, delayMs: 250, ...held }),
      'HTTP delay 250 ms on api',
      'HTTPChaos',
      { ...api, target: 'Request', port: 8080, path: '*', delay: '250ms' },
    ],
    [
      ioFault({ target: 'api', volumePath: '/data', delayMs: 100, ratio: 0.5, ...held }),
      'I/O delay 100 ms in /data of api',
      'IOChaos',
      { ...api, action: 'latency', delay: '100ms', volumePath: '/data', percent: 50 },
    ],
    [
      ioFault({ target: 'api', volumePath: '/data', path: '/data/wal/*', errno: 28, ...held }),
      'I/O error 28 in /data of api',
      'IOChaos',
      { ...api, action: 'fault', errno: 28, volumePath: '/data', path: '/data/wal/*', percent: 100 },
    ],
    [
      dnsFault({ target: 'api', patterns: ['mail.example.com'], ...held }),
      'DNS error for mail.example.com on api',
      'DNSChaos',
      { ...api, action: 'error', patterns: ['mail.example.com'] },
    ],
    [
      clockSkew({ target: 'api', offsetSeconds: -300, ...held }),
      'clock of api 300 s behind',
      'TimeChaos',
      { ...api, timeOffset: '-300s' },
    ],
    [
      chaosMesh({
        kind: 'PodChaos',
        target: 'api',
        spec: { action: 'container-kill', containerNames: ['a'] },
        at: '0s',
      }),
      'PodChaos container-kill on api',
      'PodChaos',
      { ...api, action: 'container-kill', containerNames: ['a'] },
    ],
    [
      chaosMesh({ kind: 'TimeChaos', spec: { ...api, mode: 'all', timeOffset: '1h' }, ...held }),
      'TimeChaos',
      'TimeChaos',
      { ...api, timeOffset: '1h' },
    ],
  ])('%j', (fault, label, kind, spec) => {
    const found = faultKind(fault.kind)
    const checked = found?.parse(fault, 'here') as FaultBase
    expect(found?.label(checked)).toBe(label)
    expect(found?.chaosMesh?.(checked, pods)).toEqual([{ kind, spec }])
    expect(found?.environments).toContain('kubernetes')
  })

  it('has a case for every kind above', () => {
    expect(Object.values(faults).filter((kind) => 'chaosMesh' in kind)).toHaveLength(13)
  })
})

describe('parameters', () => {
  const http = { kind: 'httpFault', ...held, target: 'api', port: 80 }
  const io = { kind: 'ioFault', ...held, target: 'db', volumePath: '/data' }
  const raw = (kind: string, spec: object, rest: object = {}) => ({
    kind: 'chaosMesh',
    at: '0s',
    resource: { kind, spec },
    ...rest,
  })
  it.each([
    [
      { kind: 'packetLoss', ...held, ...link, lossRatio: 1 },
      'lossRatio: must be below 1; to lose every packet write partition',
    ],
    [{ kind: 'packetLoss', ...held, ...link, lossRatio: 0 }, 'lossRatio: must be at least 0.0001'],
    [http, 'must hold one of delayMs, abort and status'],
    [{ ...http, abort: true, status: 500 }, 'must hold one of delayMs, abort and status'],
    [{ ...http, abort: true, path: 'orders' }, 'path: must begin with /'],
    [{ ...http, abort: true, port: 0 }, 'port: must be at least 1'],
    [io, 'must hold either delayMs or errno'],
    [{ ...io, delayMs: 1, errno: 5 }, 'must hold either delayMs or errno'],
    [{ ...io, volumePath: 'data', errno: 5 }, 'volumePath: must be an absolute path'],
    [
      { kind: 'dnsFault', ...held, target: 'api', patterns: [] },
      'patterns: must hold a name: none would mean all, Kubernetes itself included',
    ],
    [
      { kind: 'dnsFault', ...held, target: 'api', patterns: ['chaos-*.org'] },
      'patterns[0]: must be a name, with * only at its end',
    ],
    [{ kind: 'clockSkew', ...held, target: 'api', offsetSeconds: 0 }, 'offsetSeconds: must not be 0'],
    [raw('IOChaos', {}), 'for: is missing: without it the fault would stay for ever'],
    [raw('PodChaos', { action: 'pod-kill' }, { for: '5s' }), 'for: must not be there: PodChaos pod-kill happens once'],
    [raw('IOChaos', { duration: '5s' }, { for: '5s' }), 'spec.duration: must not be there: write for'],
    [
      raw('IOChaos', { mode: 'one' }, { for: '5s', target: 'db' }),
      'target: must not be there beside spec.selector or spec.mode',
    ],
  ])('of %j are refused', (fault, line) => {
    expect(() => faultKind(fault.kind)?.parse(fault, 'faults[0]')).toThrow(new HoldfastError(`faults[0]: ${line}`))
  })

  it('a kind of Chaos Mesh that injects nothing', () => {
    expect(() => faultKind('chaosMesh')?.parse(raw('Workflow', {}, { for: '1s' }), 'faults[0]')).toThrow(
      /^faults\[0\]: resource.kind: /,
    )
  })
})
