import { kill } from '../../chaos/faults/kill.ts'
import { partition } from '../../chaos/faults/partition.ts'
import { unavailable } from '../../chaos/faults/unavailable.ts'
import type { GameDay } from '../../model/gameday.ts'
import { noDuplicates, noLostWrites, recoveryWithin } from '../../model/objectives.ts'

/** Each of them once alone, and then all at once. */
const experiments: [aloneAt: string, experiment: (at: string) => GameDay['faults'][number]][] = [
  ['0s', (at) => unavailable({ target: 'cache', at, for: '4s' })],
  ['8s', (at) => partition({ from: 'processor', to: 'postgres', at, for: '4s' })],
  ['16s', (at) => kill({ target: 'ingestion', at })],
  ['22s', (at) => kill({ target: 'processor', at })],
  ['28s', (at) => unavailable({ target: 'nats', at, for: '4s' })],
]

export default {
  title: 'GameMetrics: all experiments',
  purpose:
    'The cache goes, the processor is cut off from its database, ingestion crashes, the processor crashes, the broker ' +
    'goes: one after another, and then all at once. Is every accepted event counted, once?',
  system: 'gamemetrics',
  profile: 'short',
  load: [{ scenario: 'ingest' }, { scenario: 'api' }, { scenario: 'predictions' }],
  warmUp: '3s',
  steady: '10s',
  faults: [
    ...experiments.map(([aloneAt, experiment]) => experiment(aloneAt)),
    ...experiments.map(([, experiment]) => experiment('40s')),
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
    noDuplicates({ title: 'Events counted more than once, or for no player' }),
  ],
} satisfies GameDay
