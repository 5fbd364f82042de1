import { kill } from '../../../chaos/faults/kill.ts'
import { latency } from '../../../chaos/faults/latency.ts'
import type { GameDay } from '../../../model/gameday.ts'
import { noDuplicates } from '../../../model/objectives.ts'

export default {
  title: 'A worker dies with batches in hand',
  purpose: 'Catches effects that happen twice, and consumers that grow.',
  system: 'batchsender',
  load: [{ scenario: 'sustained', rateFactor: 3 }],
  warmUp: '1s',
  steady: '10s',
  faults: [
    latency({ from: 'worker', to: 'provider', ms: 1500, at: '0s', for: '4s' }),
    kill({ target: 'worker-1', at: '2500ms' }),
  ],
  recovery: { for: '9s', stableFor: '2s' },
  objectives: [noDuplicates()],
  systemOptions: { rateLimitPerMinute: '1000000' },
} satisfies GameDay
