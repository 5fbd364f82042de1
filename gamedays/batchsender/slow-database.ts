import { latency } from '../../chaos/faults/latency.ts'
import type { GameDay } from '../../model/gameday.ts'
import { latencyWhileDegraded, noLostWrites, recoveryWithin } from '../../model/objectives.ts'

export default {
  title: "BatchSender's database is slow",
  purpose:
    'Runbook "slow database queries": every answer of the database takes 200 ms longer, then 1 s. Requests get slow ' +
    'or fail fast, nothing piles up for long, and all is well as soon as the database is.',
  system: 'batchsender',
  profile: 'short',
  load: [{ scenario: 'sustained' }, { scenario: 'webhook-flood', rateFactor: 0.5 }],
  warmUp: '3s',
  steady: '12s',
  faults: [
    latency({ from: 'api', to: 'postgres', ms: 200, jitterMs: 50, at: '0s', for: '12s' }),
    latency({ from: 'worker', to: 'postgres', ms: 200, jitterMs: 50, at: '0s', for: '12s' }),
    latency({ from: 'api', to: 'postgres', ms: 1000, at: '22s', for: '8s' }),
  ],
  recovery: { for: '15s', stableFor: '6s' },
  guards: [{ kind: 'errorRatio', aboveRatio: 0.9, for: '30s' }],
  objectives: [recoveryWithin(10), latencyWhileDegraded(99, 5000, 'api-latency'), noLostWrites()],
  systemOptions: { rateLimitPerMinute: '1000000' },
} satisfies GameDay
