import { kill } from '../../chaos/faults/kill.ts'
import { latency } from '../../chaos/faults/latency.ts'
import { partition } from '../../chaos/faults/partition.ts'
import type { GameDay } from '../../model/gameday.ts'
import { latencyWhileDegraded, noDuplicates, noLostWrites, recoveryWithin } from '../../model/objectives.ts'

/**
 * Every weakness of the stand-in fails an objective here. The API dies last, so that one which is
 * never started again hides nothing else.
 */
export default {
  title: 'BatchSender under faults, in little more than a minute',
  purpose:
    'The database is unreachable, a worker dies with batches in hand, the API crashes. Short, for checking a change ' +
    'and for testing the judge with the weaknesses of the stand-in.',
  system: 'batchsender',
  profile: 'short',
  load: [{ scenario: 'sustained' }, { scenario: 'webhook-flood', rateFactor: 0.5 }],
  warmUp: '3s',
  steady: '12s',
  faults: [
    partition({ from: 'api', to: 'postgres', at: '0s', for: '8s' }),
    latency({ from: 'worker', to: 'provider', ms: 1000, at: '19s', for: '8s' }),
    kill({ target: 'worker-1', at: '23s' }),
    kill({ target: 'api', at: '38s' }),
  ],
  // A weakness that already shows in steady state must not hide what the faults would show.
  faultsDespiteBreach: true,
  recovery: { for: '14s', stableFor: '5s' },
  // There is one API: its loss is the point.
  blastRadius: { api: 1 },
  objectives: [
    recoveryWithin(10),
    latencyWhileDegraded(99, 5000, 'api-latency', {
      name: 'fails-fast',
      title: 'p99 of API requests while degraded: failing fast, not hanging',
    }),
    noLostWrites(),
    noDuplicates({ title: 'E-mails sent more than once' }),
  ],
  systemOptions: { rateLimitPerMinute: '1000000' },
} satisfies GameDay
