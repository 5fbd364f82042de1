import { kill } from '../../../chaos/faults/kill.ts'
import { latency } from '../../../chaos/faults/latency.ts'
import type { GameDay } from '../../../model/gameday.ts'
import { noDuplicates, noLostWrites } from '../../../model/objectives.ts'

export default {
  title: 'A worker and the API die with batches in hand',
  purpose: 'Catches effects that happen twice, writes that were acknowledged too early, and consumers that grow.',
  system: 'batchsender',
  // So many batches that one waits to be stored whenever the API may die, just after a flush too.
  load: [{ scenario: 'sustained', rateFactor: 6 }],
  warmUp: '1s',
  steady: '10s',
  faults: [
    // A slow provider keeps batches in the workers' hands.
    latency({ from: 'worker', to: 'provider', ms: 1500, at: '0s', for: '4s' }),
    kill({ target: 'worker-1', at: '2500ms' }),
    kill({ target: 'api', at: '6s' }),
  ],
  recovery: { for: '7s', stableFor: '2s' },
  blastRadius: { api: 1 },
  objectives: [noDuplicates(), noLostWrites()],
  systemOptions: { rateLimitPerMinute: '1000000' },
  // A batch that is not stored yet is not found yet, either: that is a breach in steady state already.
  faultsDespiteBreach: true,
} satisfies GameDay
