import { kill } from '../../../chaos/faults/kill.ts'
import { latency } from '../../../chaos/faults/latency.ts'
import { partition } from '../../../chaos/faults/partition.ts'
import type { GameDay } from '../../../model/gameday.ts'
import crash from './crash.ts'
import database from './database.ts'
import worker from './worker.ts'

/** What the three others do, one after the other: the control. */
export default {
  ...database,
  title: 'A crash, the database out of reach, and a lost worker',
  purpose: 'The healthy stand-in passes everything that catches a weak one.',
  faults: [
    kill({ target: 'api', at: '0s' }),
    partition({ from: 'api', to: 'postgres', at: '7s', for: '6s' }),
    latency({ from: 'worker', to: 'provider', ms: 1500, at: '18s', for: '4s' }),
    kill({ target: 'worker-1', at: '20500ms' }),
  ],
  recovery: { for: '9s', stableFor: '2s' },
  blastRadius: { api: 1 },
  objectives: [...crash.objectives, ...database.objectives, ...worker.objectives],
} satisfies GameDay
