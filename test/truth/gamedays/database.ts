import { partition } from '../../../chaos/faults/partition.ts'
import type { GameDay } from '../../../model/gameday.ts'
import { latencyWhileDegraded } from '../../../model/objectives.ts'

export default {
  title: 'The database cannot be reached',
  purpose: 'Catches requests that hang instead of failing fast. Forged webhooks are part of the load.',
  system: 'batchsender',
  load: [
    { scenario: 'sustained', rateFactor: 3 },
    { scenario: 'webhook-flood', rateFactor: 0.25 },
  ],
  warmUp: '1s',
  steady: '10s',
  faults: [partition({ from: 'api', to: 'postgres', at: '0s', for: '7s' })],
  recovery: { for: '6s', stableFor: '2s' },
  objectives: [latencyWhileDegraded(99, 5000, 'api-latency', { name: 'fails-fast' })],
  systemOptions: { rateLimitPerMinute: '1000000' },
} satisfies GameDay
