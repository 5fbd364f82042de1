import { kill } from '../../chaos/faults/kill.ts'
import { latency } from '../../chaos/faults/latency.ts'
import { partition } from '../../chaos/faults/partition.ts'
import { unavailable } from '../../chaos/faults/unavailable.ts'
import type { GameDay } from '../../model/gameday.ts'
import {
  latencyWhileDegraded,
  noDuplicates,
  noLostWrites,
  nothingMissed,
  recoveryWithin,
} from '../../model/objectives.ts'

export default {
  title: 'NovaCron loses a worker, a zone, its database and its API',
  purpose:
    'A worker dies with operations in hand, a zone goes down, the database cannot be reached, the API crashes. Another ' +
    'worker goes on, new VMs are placed in the other zone, and every accepted operation is carried out once.',
  system: 'novacron',
  profile: 'short',
  load: [{ scenario: 'probe' }, { scenario: 'users' }],
  warmUp: '3s',
  steady: '15s',
  faults: [
    // Slow hosts keep operations in the workers' hands, so that the worker dies with some that are half done.
    latency({ from: 'worker', to: 'host-a', ms: 700, at: '0s', for: '4s' }),
    latency({ from: 'worker', to: 'host-b', ms: 700, at: '0s', for: '4s' }),
    kill({ target: 'worker-1', at: '3s' }),
    unavailable({ target: 'host-a', at: '12s', for: '10s' }),
    partition({ from: 'api', to: 'postgres', at: '32s', for: '5s' }),
    kill({ target: 'api', at: '45s' }),
  ],
  // There is one API and one host in a zone: their loss is the point.
  blastRadius: { api: 1, 'host-a': 1 },
  // A weakness that already shows in steady state must not hide what the faults would show.
  faultsDespiteBreach: true,
  recovery: { for: '15s', stableFor: '5s' },
  objectives: [
    nothingMissed('operations', 'Operations not done within 8 s (create) or 25 s (our limits)', 'operation_time'),
    recoveryWithin(10, { sli: 'probe', title: 'Recovery time, by the probe' }),
    latencyWhileDegraded(99, 3000, 'api-latency', {
      name: 'fails-fast',
      title: 'p99 of requests while degraded: failing fast, not hanging',
    }),
    noLostWrites({ title: 'Acknowledged operations lost' }),
    noDuplicates({ title: 'Steps of operations done twice' }),
  ],
} satisfies GameDay
