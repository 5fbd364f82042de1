import { partition } from '../../chaos/faults/partition.ts'
import { unavailable } from '../../chaos/faults/unavailable.ts'
import type { GameDay } from '../../model/gameday.ts'
import { noLostWrites, nothingMissed, recoveryWithin } from '../../model/objectives.ts'

export default {
  title: 'NovaCron without its cache, then with a zone that hangs',
  purpose:
    'Graceful degradation: reads go on without the cache; while a zone does not answer, new VMs go to the other one.',
  system: 'novacron',
  profile: 'short',
  load: [{ scenario: 'probe' }, { scenario: 'users' }],
  warmUp: '3s',
  steady: '15s',
  faults: [
    unavailable({ target: 'cache', at: '0s', for: '6s' }),
    partition({ from: 'worker', to: 'host-b', at: '13s', for: '6s' }),
  ],
  blastRadius: { cache: 1 },
  faultsDespiteBreach: true,
  recovery: { for: '15s', stableFor: '5s' },
  objectives: [
    nothingMissed('operations', 'Operations not done within 8 s (create) or 25 s (our limits)', 'operation_time'),
    recoveryWithin(10, { sli: 'probe', title: 'Recovery time, by the probe' }),
    {
      name: 'degraded-reads',
      title: 'Reads not answered without the cache, or while a zone hangs',
      source: 'graceful degradation',
      measure: 'badCount',
      requests: ['GET /vms/:id', 'GET /operations/:id'],
      phases: ['fault', 'recovered'],
      op: 'lte',
      value: 0,
      unit: 'count',
      minSamples: 20,
    },
    noLostWrites({ title: 'Acknowledged operations lost' }),
  ],
} satisfies GameDay
