import { connectionReset } from '../../chaos/faults/connectionReset.ts'
import { kill } from '../../chaos/faults/kill.ts'
import { latency } from '../../chaos/faults/latency.ts'
import { partition } from '../../chaos/faults/partition.ts'
import { unavailable } from '../../chaos/faults/unavailable.ts'
import type { GameDay } from '../../model/gameday.ts'
import { noDuplicates, noLostWrites, recoveryWithin } from '../../model/objectives.ts'

export default {
  title: 'GameMetrics: all experiments',
  purpose:
    'One after another: the cache goes, the processor is cut off from its database, ingestion crashes, the broker goes. ' +
    'Then together: a slow database, a cut broker, no cache, and a crash of the processor. Is every accepted event counted, once?',
  system: 'gamemetrics',
  profile: 'short',
  load: [{ scenario: 'ingest' }, { scenario: 'api' }, { scenario: 'predictions' }],
  warmUp: '3s',
  steady: '10s',
  faults: [
    unavailable({ target: 'cache', at: '0s', for: '4s' }),
    partition({ from: 'processor', to: 'postgres', at: '8s', for: '4s' }),
    kill({ target: 'ingestion', at: '16s' }),
    unavailable({ target: 'nats', at: '24s', for: '4s' }),
    // All at once.
    latency({ from: 'processor', to: 'postgres', ms: 300, at: '34s', for: '7s' }),
    unavailable({ target: 'cache', at: '34s', for: '6s' }),
    connectionReset({ from: 'processor', to: 'nats', at: '36s', for: '4s' }),
    kill({ target: 'processor', at: '38s' }),
  ],
  faultsDespiteBreach: true,
  recovery: { for: '14s', stableFor: '3s' },
  // There is one of each: its loss is the point.
  blastRadius: { ingestion: 1, processor: 1, cache: 1, nats: 1 },
  guards: [{ kind: 'errorRatio', aboveRatio: 0.9, for: '20s' }],
  objectives: [
    recoveryWithin(10, { sli: ['events', 'api', 'predictions'] }),
    {
      name: 'predictions-without-cache',
      title: 'Predictions that fail, in the worst window',
      measure: 'maxErrorRatio',
      sli: 'predictions',
      op: 'lt',
      value: 0.5,
      unit: 'ratio',
    },
    noLostWrites({ title: 'Accepted batches that were never counted' }),
    noDuplicates({ title: 'Events counted more than once' }),
  ],
} satisfies GameDay
