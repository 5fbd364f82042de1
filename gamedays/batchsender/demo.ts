import { kill } from '../../chaos/faults/kill.ts'
import { latency } from '../../chaos/faults/latency.ts'
import { partition } from '../../chaos/faults/partition.ts'
import { unavailable } from '../../chaos/faults/unavailable.ts'
import type { GameDay } from '../../model/gameday.ts'
import { latencyWhileDegraded, noDuplicates, noLostWrites, recoveryWithin } from '../../model/objectives.ts'

export default {
  title: 'BatchSender under load and faults',
  purpose:
    'The API crashes, its database becomes slow, then unreachable, then goes down, and a worker dies with batches in hand. ' +
    'Do senders get their service back by itself, and is every accepted batch sent exactly once?',
  system: 'batchsender',
  profile: 'short',
  notInAll: 'npm run demo runs it; quick and the runbooks have its faults',
  load: [{ scenario: 'sustained' }, { scenario: 'webhook-flood' }],
  warmUp: '8s',
  steady: '35s',
  faults: [
    kill({ target: 'api', at: '0s' }),
    latency({ from: 'api', to: 'postgres', ms: 400, at: '22s', for: '12s' }),
    partition({ from: 'api', to: 'postgres', at: '56s', for: '10s' }),
    unavailable({ target: 'postgres', at: '88s', for: '6s' }),
    // A slow provider keeps batches in the workers' hands, so that the worker dies with some that are half sent.
    latency({ from: 'worker', to: 'provider', ms: 1500, at: '114s', for: '12s' }),
    kill({ target: 'worker-1', at: '119s' }),
  ],
  recovery: { for: '30s', stableFor: '10s' },
  // There is one API and one database: their loss is the point.
  blastRadius: { api: 1, postgres: 1 },
  objectives: [
    recoveryWithin(15),
    latencyWhileDegraded(99, 5000, 'api-latency', {
      name: 'fails-fast',
      title: 'p99 of API requests while degraded: failing fast, not hanging',
    }),
    noLostWrites(),
    noDuplicates({ title: 'E-mails sent more than once' }),
  ],
  systemOptions: { rateLimitPerMinute: '1000000' },
} satisfies GameDay
